"""With real parts: boto3 in front of Debian's nginx with njs, sealgate beside it, moto's server behind."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from tests.gateway import parts
from tests.gateway.parts import asked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gateway.conftest import Chain

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_REGION = KEY.replace("us-west-2", "eu-west-1")
ROLE = "arn:aws:iam::111122223333:role/SageMakerExecutionRole"
TOKEN = "FwoGZXIvYXdzEXAMPLE"  # noqa: S105 an example
MIB = 1024**2

JOB = {
    "JobName": "my-job",
    "RoleArn": ROLE,
    "JobCategory": "AgentRFT",
    "JobConfigSchemaVersion": "1.0.0",
    "JobConfigDocument": json.dumps(
        {"OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/output/", "KmsKeyArn": KEY}}
    ),
}
TRAINING_JOB = {
    "TrainingJobName": "my-training-job",
    "RoleArn": ROLE,
    "AlgorithmSpecification": {
        "TrainingImage": "111122223333.dkr.ecr.us-west-2.amazonaws.com/i:1",
        "TrainingInputMode": "File",
    },
    "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/output/", "KmsKeyId": KEY},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10, "VolumeKmsKeyId": KEY},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "EnableNetworkIsolation": False,
}
CUSTOMIZATION_JOB = {
    "jobName": "my-customization-job",
    "customModelName": "my-model",
    "roleArn": ROLE,
    "baseModelIdentifier": "amazon.titan-text-express-v1",
    "customModelKmsKeyId": KEY,
    "trainingDataConfig": {"s3Uri": "s3://amzn-s3-demo-bucket/train.jsonl"},
    "outputDataConfig": {"s3Uri": "s3://amzn-s3-demo-bucket/output/"},
    "hyperParameters": {"epochCount": "1"},
}


def client(chain: Chain, service: str, **config: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=chain.gateway.url,
        region_name="us-west-2",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="example",  # noqa: S106 an example
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60, **config),
    )


def signed(service: str = "sagemaker", **others: str) -> dict[str, str]:
    credential = f"AKIDEXAMPLE/20260630/us-west-2/{service}/aws4_request"
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=abc",
        "Content-Type": "application/x-amz-json-1.1",
        **{name.replace("_", "-"): value for name, value in others.items()},
    }


def create_job(chain: Chain, body: bytes = b"", **others: str) -> tuple[int, dict[str, Any]]:
    status, answer, _ = asked(
        chain.gateway.port,
        "POST",
        "/",
        signed(X_Amz_Target="SageMaker.CreateJob", **others),
        body or json.dumps(JOB).encode(),
    )
    return status, json.loads(answer)


class TestAGoodJob:
    @pytest.mark.parametrize(
        ("service", "method", "parameters"),
        [
            ("sagemaker", "create_job", JOB),
            ("sagemaker", "create_training_job", TRAINING_JOB),
            ("bedrock", "create_model_customization_job", CUSTOMIZATION_JOB),
        ],
    )
    def test_arrives_byte_for_byte(self, chain: Chain, service: str, method: str, parameters: dict[str, Any]) -> None:
        sent: list[Any] = []
        boto = client(chain, service)
        boto.meta.events.register("before-send", lambda request, **_: sent.append(request))

        answer = getattr(boto, method)(**parameters)

        assert answer["ResponseMetadata"]["HTTPStatusCode"] in {200, 201}
        [arrived] = chain.upstream.arrived()
        [request] = sent
        assert arrived["sha256"] == hashlib.sha256(request.body).hexdigest()
        assert (arrived["method"], arrived["target"]) == (request.method, request.url.removeprefix(chain.gateway.url))
        headers = {
            name.lower().replace("-", "_"): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        for counted in ("content_length", "content_type"):  # which WSGI keeps elsewhere
            headers.pop(counted, None)
        assert arrived["headers"] == {
            **headers,
            "host": f"127.0.0.1:{chain.gateway.port}",
            "accept_encoding": "identity",
        }


class TestAWrongJob:
    @pytest.mark.parametrize(
        ("service", "method", "parameters", "rule", "said"),
        [
            (
                "sagemaker",
                "create_job",
                {
                    **JOB,
                    "JobConfigDocument": JOB["JobConfigDocument"].replace(
                        "key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/ml"
                    ),
                },
                "SG-MTRL-002",
                "Fix: Put the ARN of the key itself there",
            ),
            ("sagemaker", "create_job", {**JOB, "JobConfigDocument": "{"}, "SG-MTRL-027", "Fix: "),
            (
                "sagemaker",
                "create_training_job",
                {**TRAINING_JOB, "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/output/"}},
                "SG-ORG-001",
                "names no key",
            ),
            (
                "bedrock",
                "create_model_customization_job",
                {name: value for name, value in CUSTOMIZATION_JOB.items() if name != "customModelKmsKeyId"},
                "SG-ORG-001",
                "names no key",
            ),
        ],
    )
    def test_is_a_client_error_with_the_fix_and_does_not_arrive(  # noqa: PLR0913, PLR0917 a case in all its parts
        self, chain: Chain, service: str, method: str, parameters: dict[str, Any], rule: str, said: str
    ) -> None:
        with pytest.raises(ClientError) as caught:
            getattr(client(chain, service), method)(**parameters)

        error = caught.value.response
        assert error["Error"]["Code"] == "AccessDeniedException"
        assert error["Error"]["Message"].startswith("denied by sealgate:\n")
        assert rule in error["Error"]["Message"]
        assert said in error["Error"]["Message"]
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert rule in error["ResponseMetadata"]["HTTPHeaders"]["x-sealgate-rules"]
        assert len(error["ResponseMetadata"]["RequestId"]) == 32
        assert chain.upstream.arrived() == []


class TestWhatCarriesNoKey:
    def test_passes(self, chain: Chain) -> None:
        sagemaker = client(chain, "sagemaker")

        assert sagemaker.list_jobs(JobCategory="AgentRFT")["JobSummaries"] == []
        sagemaker.list_training_jobs()
        client(chain, "bedrock").list_model_customization_jobs()
        client(chain, "sts").get_caller_identity()

        assert len(chain.upstream.arrived()) == 4

    @pytest.mark.parametrize("key", ["plain", "prompts/train set.jsonl", "a//b/../c", "evaluation-jobs", "ü+%2F?&="])
    def test_of_s3_passes_with_its_content(self, chain: Chain, key: str) -> None:
        s3 = client(chain, "s3", s3={"addressing_style": "path"})
        s3.create_bucket(Bucket="amzn-s3-demo-bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

        s3.put_object(Bucket="amzn-s3-demo-bucket", Key=key, Body=b"content")

        # moto takes the slash of a key that begins with one for its own.
        assert s3.get_object(Bucket="amzn-s3-demo-bucket", Key=key)["Body"].read() == b"content"
        s3.delete_object(Bucket="amzn-s3-demo-bucket", Key=key)
        s3.delete_bucket(Bucket="amzn-s3-demo-bucket")
        assert len(chain.upstream.arrived()) == 5


class TestALargeBody:
    @pytest.mark.parametrize("size", [8 * MIB, 20 * MIB])
    def test_of_an_upload_passes_byte_for_byte(self, chain: Chain, size: int) -> None:
        body = os.urandom(size)

        asked(chain.gateway.port, "PUT", "/amzn-s3-demo-bucket/key", signed("s3"), body)

        [arrived] = chain.upstream.arrived()
        assert (arrived["length"], arrived["sha256"]) == (size, hashlib.sha256(body).hexdigest())

    def test_of_a_good_job_is_judged_and_passes_byte_for_byte(self, chain: Chain) -> None:
        body = json.dumps({**TRAINING_JOB, "Environment": {"A": "x" * 8 * MIB}}).encode()

        asked(chain.gateway.port, "POST", "/", signed(X_Amz_Target="SageMaker.CreateTrainingJob"), body)

        [arrived] = chain.upstream.arrived()
        assert arrived["sha256"] == hashlib.sha256(body).hexdigest()

    def test_of_a_wrong_job_is_refused(self, chain: Chain) -> None:
        status, answer = create_job(chain, json.dumps({**JOB, "RoleArn": "x" * 8 * MIB, "JobCategory": "No"}).encode())

        assert (status, answer["__type"]) == (403, "AccessDeniedException")
        assert "SG-MTRL-029" in answer["message"]
        assert chain.upstream.arrived() == []

    def test_that_is_not_shown_whole_is_refused(self, chain: Chain) -> None:
        status, answer = create_job(chain, json.dumps({**JOB, "RoleArn": "x" * 13 * MIB}).encode())

        assert status == 403
        assert "only a part of the body" in answer["message"]
        assert chain.upstream.arrived() == []

    def test_beyond_the_limit_is_refused_by_nginx_itself(self, chain: Chain) -> None:
        headers = {**signed("s3"), "Content-Length": str(65 * MIB)}

        assert asked(chain.gateway.port, "PUT", "/amzn-s3-demo-bucket/key", headers, None)[0] == 413
        assert chain.upstream.arrived() == []

    def test_in_chunks_is_judged_and_passes_whole(self, chain: Chain) -> None:
        body = json.dumps(JOB).encode()
        chunks = (
            b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (body[:100], body[100:])) + b"0\r\n\r\n"
        )
        headers = signed(X_Amz_Target="SageMaker.CreateJob", Transfer_Encoding="chunked")

        status = raw(chain, headers, "POST / HTTP/1.1", chunks)

        assert status == 200
        assert chain.upstream.arrived()[-1]["sha256"] == hashlib.sha256(body).hexdigest()


class TestSealgateThatIsGone:
    def test_is_a_refusal(self, fragile: Chain) -> None:
        fragile.sealgate.kill()

        with pytest.raises(ClientError, match="sealgate gave no answer") as caught:
            client(fragile, "sagemaker").create_job(**JOB)
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
        with pytest.raises(ClientError, match="sealgate gave no answer") as caught:
            client(fragile, "bedrock").list_guardrails()
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
        assert asked(fragile.gateway.port, "PUT", "/bucket/key", signed("s3"), b"x")[0] == 403

        assert fragile.upstream.arrived() == []

    def test_is_a_refusal_while_it_hangs(self, fragile: Chain) -> None:
        assert create_job(fragile)[0] == 200
        fragile.sealgate.signal(signal.SIGSTOP)

        status, answer = create_job(fragile)

        assert (status, answer["__type"]) == (403, "AccessDeniedException")
        assert "sealgate gave no answer (504)" in answer["message"]
        assert len(fragile.upstream.arrived()) == 1
        fragile.sealgate.signal(signal.SIGCONT)
        assert create_job(fragile)[0] == 200
        assert len(fragile.upstream.arrived()) == 2

    def test_is_no_server_that_says_yes_to_everything(self, tmp_path: Path, chain: Chain) -> None:
        # The upstream in the place of sealgate: its errors are no verdicts.
        with parts.nginx(
            tmp_path / "nginx", sealgate_port=chain.upstream.port, upstream_port=chain.upstream.port
        ) as gateway:
            status, answer, _ = asked(gateway.port, "POST", "/", signed("nothing"), b"{}")

        assert status == 403
        assert b"sealgate gave no answer" in answer


def test_of_200_clients_at_once_each_gets_its_own_verdict(chain: Chain) -> None:
    wrong = {**JOB, "JobCategory": "No"}

    def submit(number: int) -> int:
        if number % 2:
            return create_job(chain, json.dumps({**wrong, "JobName": f"wrong-{number}"}).encode())[0]
        return create_job(chain, json.dumps({**JOB, "JobName": f"good-{number}"}).encode())[0]

    with ThreadPoolExecutor(max_workers=200) as clients:
        answers = list(clients.map(submit, range(400)))

    assert answers == [200, 403] * 200
    bodies = {
        hashlib.sha256(json.dumps({**JOB, "JobName": f"good-{n}"}).encode()).hexdigest() for n in range(0, 400, 2)
    }
    arrived = chain.upstream.arrived()
    assert len(arrived) == 200
    assert {one["sha256"] for one in arrived} == bodies


def raw(chain: Chain, headers: dict[str, str] | list[tuple[str, str]], line: str, body: bytes) -> int:
    """Send a request that no client would send, and return the status of its answer; 0 where there is none."""
    pairs = list(headers.items()) if isinstance(headers, dict) else headers
    text = "".join(f"{name}: {value}\r\n" for name, value in [("Host", "jobs"), *pairs, ("Connection", "close")])
    with socket.create_connection(("127.0.0.1", chain.gateway.port), timeout=30) as connection:
        connection.sendall(f"{line}\r\n{text}\r\n".encode("latin-1") + body)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    answer = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


SAGEMAKER = list(signed("sagemaker").items())
BEDROCK = [("Authorization", signed("bedrock")["Authorization"]), ("Content-Type", "application/json")]
WRONG = b'{"JobCategory": "No"}'


class TestAnAttacker:
    """What is sent would be refused if it were read as what it is: it must not pass as anything else."""

    @pytest.mark.parametrize(
        ("line", "headers", "body"),
        [
            (
                "POST / HTTP/1.1",
                [*SAGEMAKER, ("X-Amz-Target", "SageMaker.ListJobs"), ("X-Amz-Target", "SageMaker.CreateJob")],
                WRONG,
            ),
            (
                "POST / HTTP/1.1",
                [*SAGEMAKER, ("X-Amz-Target", "SageMaker.CreateJob"), ("x-amz-target", "SageMaker.ListJobs")],
                WRONG,
            ),
            ("POST / HTTP/1.1", [*SAGEMAKER, ("X_Amz_Target", "SageMaker.CreateJob")], WRONG),
            ("POST / HTTP/1.1", [*SAGEMAKER, ("X-Amz-Target ", "SageMaker.CreateJob")], WRONG),
            ("POST / HTTP/1.1", [*SAGEMAKER, ("X-Amz-Target", "sagemaker.createjob")], WRONG),
            ("POST /?X-Amz-Target=SageMaker.CreateJob HTTP/1.1", SAGEMAKER, WRONG),
            ("POST /?Action=CreateJob HTTP/1.1", [*SAGEMAKER, ("X-Amz-Target", "SageMaker.ListJobs")], WRONG),
            ("POST /x/.. HTTP/1.1", [*SAGEMAKER, ("X-Amz-Target", "SageMaker.CreateJob")], WRONG),
            (
                "POST / HTTP/1.1",
                [*SAGEMAKER, ("X-Amz-Target", "SageMaker.CreateJob"), ("Content-Encoding", "gzip")],
                WRONG,
            ),
            (
                "POST / HTTP/1.1",
                [*SAGEMAKER, ("X-Amz-Target", "SageMaker.CreateJob"), ("Expect", "100-continue")],
                WRONG,
            ),
            (
                "POST / HTTP/1.1",
                [*SAGEMAKER, ("Authorization", signed("s3")["Authorization"]), ("X-Amz-Target", "SageMaker.CreateJob")],
                WRONG,
            ),
            (
                "POST / HTTP/1.1",
                [*list(signed("s3").items()), ("X-Amz-Target", "SageMaker.CreateJob")],
                WRONG,
            ),
            (
                "POST / HTTP/1.1",
                [*SAGEMAKER, ("X-Amz-Target", "SageMaker.CreateJob"), ("Connection", "X-Amz-Target, Authorization")],
                WRONG,
            ),
            (
                "POST /evaluation-jobs HTTP/1.1",
                [*BEDROCK, ("X-Original-URI", "/guardrails"), ("X-Original-Method", "GET")],
                WRONG,
            ),
            ("POST /evaluation-jobs HTTP/1.1", [*BEDROCK, ("X-HTTP-Method-Override", "GET")], WRONG),
            ("POST /evaluation-jobs HTTP/1.1", [*BEDROCK, ("X-Envoy-Auth-Partial-Body", "false")], b'{"a": 1, "a": 2}'),
            ("POST //evaluation-jobs HTTP/1.1", BEDROCK, WRONG),
            ("POST /./evaluation-jobs HTTP/1.1", BEDROCK, WRONG),
            ("POST /guardrails/../evaluation-jobs HTTP/1.1", BEDROCK, WRONG),
            ("POST /%65valuation-jobs HTTP/1.1", BEDROCK, WRONG),
            ("POST /evaluation-jobs%2F HTTP/1.1", BEDROCK, WRONG),
            ("POST /Evaluation-Jobs HTTP/1.1", BEDROCK, WRONG),
            ("POST http://jobs/Evaluation-Jobs HTTP/1.1", BEDROCK, WRONG),
            ("POST http://jobs//evaluation-jobs HTTP/1.1", BEDROCK, WRONG),
            ("PUT /_sealgate/authorize HTTP/1.1", BEDROCK, WRONG),
            ("POST /_sealgate/authorize-without-body HTTP/1.1", BEDROCK, WRONG),
        ],
    )
    def test_does_not_get_through(self, chain: Chain, line: str, headers: list[tuple[str, str]], body: bytes) -> None:
        status = raw(chain, [*headers, ("Content-Length", str(len(body)))], line, body)

        assert 400 <= status < 500 or status == 0
        assert chain.upstream.arrived() == []

    def test_hides_no_second_request_in_a_body(self, chain: Chain) -> None:
        hidden = b"POST / HTTP/1.1\r\nHost: jobs\r\nX-Amz-Target: SageMaker.CreateJob\r\nContent-Length: 0\r\n\r\n"
        headers = [*SAGEMAKER, ("X-Amz-Target", "SageMaker.ListJobs")]

        raw(
            chain,
            [*headers, ("Content-Length", str(len(hidden))), ("Transfer-Encoding", "chunked")],
            "POST / HTTP/1.1",
            b"0\r\n\r\n" + hidden,
        )
        raw(chain, [*headers, ("Content-Length", "0"), ("Content-Length", str(len(hidden)))], "POST / HTTP/1.1", hidden)

        assert "SageMaker.CreateJob" not in [one["headers"].get("x_amz_target") for one in chain.upstream.arrived()]


class TestTheCaller:
    def test_is_not_who_the_client_says(self, tmp_path: Path, upstream: parts.Upstream) -> None:
        upstream.forget()
        settings = parts.SETTINGS.replace("x-original", "x-original, caller_header: X-Sealgate-Caller")
        request = {**signed(X_Amz_Target="SageMaker.CreateJob"), "X-Sealgate-Caller": "not an ARN"}
        body = json.dumps(JOB).encode()
        with (
            parts.sealgate(tmp_path / "sealgate", settings=settings) as sealgate,
            parts.nginx(tmp_path / "drops", sealgate_port=sealgate.port, upstream_port=upstream.port) as drops,
            parts.nginx(
                tmp_path / "passes", sealgate_port=sealgate.port, upstream_port=upstream.port, CALLER=""
            ) as passes,
        ):
            # The header is read, and the client's does not reach the reader.
            assert asked(passes.port, "POST", "/", request, body)[0] == 403
            assert asked(drops.port, "POST", "/", request, body)[0] == 200

        assert len(upstream.arrived()) == 1


def test_the_log_of_the_gateway_says_what_became_of_a_request_and_nothing_secret(chain: Chain) -> None:
    create_job(chain, json.dumps({**JOB, "JobCategory": "No"}).encode(), X_Amz_Security_Token=TOKEN)
    create_job(chain)

    lines = [json.loads(line) for line in chain.gateway.log.read_text().splitlines() if line.startswith("{")]
    refused, forwarded = lines[-2:]
    assert (refused["outcome"], refused["status"], refused["upstream_status"]) == ("refused", "403", "")
    assert "SG-MTRL-029=deny" in refused["rules"].split(", ")
    assert (forwarded["outcome"], forwarded["status"], forwarded["upstream_status"]) == ("forwarded", "200", "200")
    text = chain.gateway.log.read_text() + chain.sealgate.log.read_text()
    for secret in ("AKIDEXAMPLE", "Signature", TOKEN, "1234abcd"):
        assert secret not in text
    assert refused["request_id"] in chain.sealgate.log.read_text()
