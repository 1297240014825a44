"""An AWS for tests: moto's server, in threads of this process."""

from __future__ import annotations

import copy
import json
import threading
import time
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.session import Session
from botocore.validate import validate_parameters
from moto.server import ThreadedMotoServer

from sealgate.context.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import OperationModel

    from sealgate.context.settings import AwsSettings

ACCOUNT = "123456789012"
REGION = "us-west-2"
ROLE = "SageMakerExecutionRole"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


_LOADER = Session().get_component("data_loader")


class Answers:
    """An AWS that answers as it is told: a stub whose answers have the shapes of botocore's models.

    An answer is a dict, a function of the parameters, or an error as (code, HTTP status); a list of them is one answer
    a call. `slow` operations take so many seconds.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.slow: dict[str, float] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.clients: list[tuple[str | None, str, str]] = []
        self._lock = threading.Lock()

    @property
    def count(self) -> Counter[str]:
        return Counter(name for name, _ in self.calls)

    def sessions(self, settings: AwsSettings) -> Sessions:
        answers = self

        class Stubbed(Sessions):
            def copy(self) -> Sessions:
                return answers.sessions(settings)

            def client(self, account: str | None, region: str, service: str) -> Any:
                answers.clients.append((account, region, service))
                return super().client(account, region, service)

        session = Session()
        session.register_component("data_loader", _LOADER)
        session.set_credentials("AKIDEXAMPLE", "example")
        session.register("provide-client-params", self._remember)  # type: ignore[arg-type]  # it is told by names
        session.register("before-call", self._answer)  # type: ignore[arg-type]  # what a handler returns is the answer
        return Stubbed(settings, session)

    def _remember(self, params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object) -> None:
        context["asked"] = params
        with self._lock:
            self.calls.append((model.name, copy.deepcopy(params)))

    def _answer(self, model: OperationModel, context: dict[str, Any], **_: object) -> tuple[AWSResponse, Any]:
        time.sleep(self.slow.get(model.name, 0))
        with self._lock:
            answer = self.answers.get(model.name, ("AccessDeniedException", 400))
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(context["asked"])
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            code, status = answer
            parsed = {"Error": {"Code": code, "Message": "said so"}, "ResponseMetadata": {"HTTPStatusCode": status}}
            return AWSResponse("http://127.0.0.1", status, HTTPHeaders(), None), parsed
        assert model.output_shape is not None
        validate_parameters(answer, model.output_shape)
        return AWSResponse("http://127.0.0.1", 200, HTTPHeaders(), None), copy.deepcopy(answer)


TIMEOUT = ReadTimeoutError(endpoint_url="http://127.0.0.1")


@pytest.fixture
def answers() -> Answers:
    """Return an AWS that answers as it is told, and refuses where it was told nothing."""
    return Answers()


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Return the address of moto's server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a maker of clients of an empty AWS, to which this process's credentials and endpoints lead."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    urllib.request.urlopen(urllib.request.Request(f"{moto_url}/moto-api/reset", method="POST")).close()  # noqa: S310 the address is ours
    client: Callable[..., Any] = boto3.Session().client
    return client


@pytest.fixture
def key(aws: Callable[..., Any]) -> str:
    """Return the ARN of a key with the default policy."""
    arn: str = aws("kms").create_key()["KeyMetadata"]["Arn"]
    return arn


@pytest.fixture
def role(aws: Callable[..., Any]) -> str:
    """Return the ARN of a role with an inline policy."""
    iam = aws("iam")
    arn: str = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "*"}
    iam.put_role_policy(
        RoleName=ROLE,
        PolicyName="data",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return arn


@pytest.fixture
def create_job(key: str, role: str) -> dict[str, Any]:
    """Return a CreateJob request as a subject."""
    document = {
        "InputDataConfig": [{"DataSource": {"S3DataSource": {"S3Uri": "s3://ml-input/prompts.jsonl"}}}],
        "OutputDataConfig": {"S3OutputPath": "s3://ml-output/", "KmsKeyArn": key},
    }
    return {
        "aws_request": {
            "service": "sagemaker",
            "operation": "CreateJob",
            "parameters": {
                "JobName": "my-job",
                "RoleArn": role,
                "JobCategory": "AgentRFT",
                "JobConfigSchemaVersion": "1.0.0",
                "JobConfigDocument": json.dumps(document),
            },
        }
    }
