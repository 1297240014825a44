"""From a request to its verdict, with what AWS knows: moto's server is the AWS."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from click.testing import CliRunner

from sealgate.app import create_app
from sealgate.boto3 import RefusedError, guard
from sealgate.cli import cli
from sealgate.context.settings import AwsSettings
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TTL_S = 0.5
_TTLS = {**AwsSettings().ttl_s, "policies": TTL_S, "principals": TTL_S}
LIVE = AwsSettings(enabled=True, deadline_s=10, ttl_s=_TTLS)


@pytest.fixture
def user(aws: Callable[..., Any]) -> str:
    """Return the ARN of a user without policies."""
    arn: str = aws("iam").create_user(UserName="jane")["User"]["Arn"]
    return arn


@pytest.fixture
def lonely_key(aws: Callable[..., Any], key: str, user: str) -> str:
    """Return the ARN of a key whose policy names an administrator, and nobody who runs jobs."""
    del user
    admin = {"AWS": "arn:aws:iam::123456789012:role/Admin"}
    statement = {"Sid": "Admin", "Effect": "Allow", "Principal": admin, "Action": "kms:Put*", "Resource": "*"}
    aws("kms").put_key_policy(
        KeyId=key, PolicyName="default", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    return key


@pytest.fixture
def asked(create_job: dict[str, Any], user: str) -> dict[str, Any]:
    """Return what is posted: the request, and who makes it."""
    return {"subject": create_job, "context": {"region": "us-west-2", "caller": {"arn": user}}}


@pytest.fixture
def client(aws: Callable[..., Any]) -> Any:
    aws("s3").create_bucket(Bucket="ml-output", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    aws("s3").create_bucket(Bucket="ml-input", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    return create_app(dataclasses.replace(Settings(), aws=LIVE)).test_client()


def test_a_role_that_the_key_policy_lacks_is_denied_until_the_generated_policy_is_there(
    aws: Callable[..., Any], client: Any, lonely_key: str, asked: dict[str, Any], role: str
) -> None:
    refused = client.post("/v1/validate", json=asked).get_json()
    assert refused["allowed"] is False
    denials = [finding for finding in refused["findings"] if finding["enforcement"] == "deny"]
    assert any(role in finding["message"] for finding in denials)
    assert all(finding["rule"].startswith("SG-CALL-") for finding in denials)

    generated = client.post("/v1/policy", json=asked).get_json()
    for own in generated["identity_policies"]:
        assert own["principal"].endswith(":user/jane")
        aws("iam").put_user_policy(UserName="jane", PolicyName="jobs", PolicyDocument=json.dumps(own["document"]))
    (written,) = generated["key_policies"]
    aws("kms").put_key_policy(
        KeyId=lonely_key,
        PolicyName="default",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": written["statements"]}),
    )
    time.sleep(TTL_S)
    allowed = client.post("/v1/validate", json=asked).get_json()
    assert [finding for finding in allowed["findings"] if finding["enforcement"] == "deny"] == []
    assert allowed["allowed"] is True


def test_the_callers_word_is_listed_and_replaces_nothing_that_aws_says(
    client: Any, lonely_key: str, asked: dict[str, Any]
) -> None:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    asked["context"]["keys"] = {lonely_key: {"policy": {"Version": "2012-10-17", "Statement": [everything]}}}
    decision = client.post("/v1/validate", json=asked).get_json()
    assert decision["allowed"] is False
    assert decision["context_from_caller"] == ["/caller", "/region"]


def test_the_calls_are_counted(client: Any, lonely_key: str, asked: dict[str, Any]) -> None:
    assert lonely_key
    for _ in range(2):
        client.post("/v1/validate", json=asked)
    told = client.get("/metrics").get_data(as_text=True)
    assert 'sealgate_aws_calls_total{code="OK",operation="DescribeKey",service="kms"} 1.0' in told
    assert 'sealgate_aws_call_duration_seconds_count{operation="DescribeKey",service="kms"} 1.0' in told
    assert 'sealgate_aws_cache_total{kind="keys",result="hit"} 1.0' in told
    assert 'sealgate_aws_cache_total{kind="keys",result="miss"} 1.0' in told


def test_an_admission_review_is_judged_by_what_aws_knows(
    client: Any, lonely_key: str, role: str, review: Callable[..., dict[str, Any]]
) -> None:
    job = review()["request"]["object"]
    job["spec"] |= {"roleARN": role, "region": "us-west-2"}
    job["spec"]["outputDataConfig"] |= {"kmsKeyID": lonely_key, "s3OutputPath": "s3://ml-output/"}
    answer = client.post("/v1/admit?timeout=20s", json=review(object=job)).get_json()
    assert "kms:GetKeyPolicy" not in json.dumps(answer)
    told = client.get("/metrics").get_data(as_text=True)
    assert 'sealgate_aws_calls_total{code="OK",operation="GetKeyPolicy",service="kms"} 1.0' in told


def test_the_guard_asks_with_the_credentials_of_its_client(
    lonely_key: str, create_job: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lonely_key
    job = create_job["aws_request"]["parameters"]
    settings = dataclasses.replace(Settings(), aws=LIVE)
    session = boto3.Session()
    clients = [
        guard(session.client("sagemaker"), settings=settings),
        guard(session, settings=settings).client("sagemaker"),
    ]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for one in clients:
        with pytest.raises(RefusedError) as refusal:
            one.create_job(**job)
        assert any(finding["rule"].startswith("SG-CALL-") for finding in refusal.value.findings)


class TestCommandLine:
    @pytest.fixture
    def file(self, tmp_path: Path, create_job: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "sealgate.yaml").write_text("context: {aws: {deadline_s: 10}}", encoding="utf-8")
        (tmp_path / "job.json").write_text(json.dumps(create_job["aws_request"]), encoding="utf-8")
        return str(tmp_path / "job.json")

    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(cli, [*arguments], catch_exceptions=False, env=dict(os.environ))

    def test_check_judges_by_what_aws_knows(self, file: str, lonely_key: str) -> None:
        result = self.run("check", "--context", "aws", "--output", "json", file)
        assert result.exit_code == 1
        assert lonely_key in result.output
        assert "SG-CALL-" in result.output

    def test_no_cache_asks_anew_and_says_the_same(self, file: str, lonely_key: str) -> None:
        assert lonely_key
        assert self.run("check", "--no-cache", "--context", "aws", file).exit_code == 1

    def test_explain_names_the_calls_that_are_denied(self, file: str, lonely_key: str) -> None:
        assert lonely_key
        result = self.run("explain", "--context", "aws", "--output", "json", file)
        decided = {call["decision"] for call in json.loads(result.output)["calls"]}
        assert "denied" in decided

    def test_exposure_of_a_live_key(self, file: str, key: str) -> None:
        assert file
        result = self.run("exposure", "--context", "aws", "--output", "json", key)
        assert result.exit_code == 0
        assert any("123456789012" in holder["who"] for holder in json.loads(result.output)["holders"])

    def test_context_prints_what_check_reads(self, file: str, lonely_key: str, tmp_path: Path) -> None:
        result = self.run("context", file)
        assert json.loads(result.output)["keys"][lonely_key]["metadata"]["KeyState"] == "Enabled"
        (tmp_path / "context.json").write_text(result.output, encoding="utf-8")
        live = self.run("check", "--context", "aws", "--output", "json", file)
        read = self.run("check", "--context", str(tmp_path / "context.json"), "--output", "json", file)
        assert json.loads(read.output) == json.loads(live.output)

    def test_a_masked_input_has_the_same_verdict_and_none_of_the_names(
        self, file: str, lonely_key: str, tmp_path: Path
    ) -> None:
        result = self.run("context", file, "--mask", "--with-request")
        for name in ("123456789012", "SageMakerExecutionRole", lonely_key.rpartition("/")[2]):
            assert name not in result.output
        (tmp_path / "masked.json").write_text(result.output, encoding="utf-8")
        (tmp_path / "sealgate.yaml").unlink()
        rules = [
            sorted(
                (finding["rule"], finding["outcome"])
                for finding in json.loads(checked.output)["results"][0]["decision"]["findings"]
            )
            for checked in (
                self.run("check", "--context", "aws", "--output", "json", file),
                self.run("check", "--output", "json", str(tmp_path / "masked.json")),
            )
        ]
        assert rules[0] == rules[1]

    def test_context_wants_a_request(self) -> None:
        assert self.run("context").exit_code == 2
