"""Measure decisions with what AWS knows against decisions with a context file, and cold facts against one slow call.

Usage: python benchmarks/live_context.py

AWS is moto's server on 127.0.0.1, each of whose answers is held back for some time. Exits with 1 where a target is
missed.
"""

# ruff: noqa: INP001, T201 a script that prints what it measures

from __future__ import annotations

import json
import logging
import os
import statistics
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.session import Session
from moto.server import ThreadedMotoServer

from sealgate import decisions, engines
from sealgate.context.aws import AwsContext
from sealgate.context.settings import AwsSettings
from sealgate.context.sources import Knowledge
from sealgate.settings import Settings

if TYPE_CHECKING:
    from sealgate.context.calls import Call

ROUNDS = 200
DELAY_S = 0.1
# A role's policies take three calls after one another: their list, each policy, and its version.
LONGEST_CHAIN = 3
MOST_ABOVE_A_FILE = 1.5
MOST_ABOVE_THE_CHAIN_S = 1.5


class Longest:
    """Remembers how long calls took."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def aws_call(self, call: Call, code: str, seconds: float, *, throttled: bool) -> None:
        """Remember a call."""
        del call, code, throttled
        self.seconds.append(seconds)

    def aws_cache(self, call: Call, *, hit: bool) -> None:
        """Remember nothing."""


def main() -> int:
    """Print the table and return the exit code."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    subject = job()
    observer = Longest()
    session = Session()
    session.register("before-send", hold_back)
    source = AwsContext(AwsSettings(deadline_s=30), observer=observer, session=session)

    source.facts(subject, {}, own_caller=True)  # the clients are made
    observer.seconds.clear()
    cold = AwsContext(AwsSettings(deadline_s=30), observer=observer, session=session)
    cold.facts({}, {}, own_caller=True)
    started = time.perf_counter()
    facts = cold.facts(subject, {})
    cold_s = time.perf_counter() - started

    engine = engines.build(Settings().engine)
    live = Knowledge(source=source, own_caller=True)
    file_ms = median_ms(lambda: decide(engine, subject, Knowledge(defaults=facts)))
    live_ms = median_ms(lambda: decide(engine, subject, live))
    engine.close()
    source.close()
    cold.close()
    server.stop()

    slowest, total = max(observer.seconds), sum(observer.seconds)
    print(f"decision with a context file       {file_ms:8.2f} ms")
    times = f"({live_ms / file_ms:.2f} times; target {MOST_ABOVE_A_FILE})"
    print(f"decision with AWS, all of it kept  {live_ms:8.2f} ms   {times}")
    print(f"facts of AWS, none of them kept    {cold_s * 1000:8.0f} ms   (clients included)")
    print(f"the slowest single call            {slowest * 1000:8.0f} ms")
    print(f"all {len(observer.seconds)} calls after one another    {total * 1000:8.0f} ms")
    is_parallel = cold_s < LONGEST_CHAIN * slowest + MOST_ABOVE_THE_CHAIN_S and cold_s < total
    return 0 if live_ms < file_ms * MOST_ABOVE_A_FILE and is_parallel else 1


def job() -> dict[str, Any]:
    """Return a request whose key, role and buckets exist."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
    iam = boto3.client("iam")
    role = iam.create_role(RoleName="Role", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for number in range(5):
        policy = iam.create_policy(PolicyName=f"policy-{number}", PolicyDocument=json.dumps(allow))["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="Role", PolicyArn=policy)
    boto3.client("s3").create_bucket(Bucket="ml-output", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    document = {"OutputDataConfig": {"S3OutputPath": "s3://ml-output/", "KmsKeyArn": key}}
    parameters = {
        "JobName": "my-job",
        "RoleArn": role,
        "JobCategory": "AgentRFT",
        "JobConfigSchemaVersion": "1.0.0",
        "JobConfigDocument": json.dumps(document),
    }
    return {"aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": parameters}}


def hold_back(**_: object) -> None:
    """Make AWS as far away as it is."""
    time.sleep(DELAY_S)


def decide(engine: engines.Engine, subject: dict[str, Any], knowledge: Knowledge) -> None:
    """Decide once, as the surfaces do."""
    context, _ = knowledge.of(subject)
    document = decisions.build_document(
        subject, settings={}, context=context, now=datetime.now(UTC), context_from_caller=[]
    )
    decisions.decide(engine, document)


def median_ms(run: Any) -> float:  # noqa: ANN401 a function without arguments
    """Return the median of the rounds, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    sys.exit(main())
