from __future__ import annotations

import json
from typing import Any

import pytest

from sealgate.context import wanted

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:us-west-2:111122223333:key/{KEY_ID}"
ROLE = "arn:aws:iam::111122223333:role/SageMakerExecutionRole"
PACKAGE = "arn:aws:sagemaker:us-west-2:111122223333:model-package/my-models/3"
HERE = {"region": "us-west-2", "account": "111122223333"}


def request(operation: str, **parameters: Any) -> dict[str, Any]:
    service, name = operation.split(":")
    return {"aws_request": {"service": service, "operation": name, "parameters": parameters}}


def create_job(**document: Any) -> dict[str, Any]:
    return request("sagemaker:CreateJob", RoleArn=ROLE, JobConfigDocument=json.dumps(document))


def key_of(name: object, **known: str) -> wanted.Wanted:
    return wanted.of(request("sagemaker:CreateTrainingJob", OutputDataConfig={"KmsKeyId": name}), known)


def test_a_job_names_its_key_role_buckets_inputs_and_model_package() -> None:
    subject = create_job(
        InputDataConfig=[
            {"DataSource": {"S3DataSource": {"S3Uri": "s3://my-input/prompts.jsonl"}}},
            {"DataSource": {"S3DataSource": {"S3Uri": "s3://my-input/more/"}}},
        ],
        OutputDataConfig={"S3OutputPath": "s3://my-output/object", "KmsKeyArn": KEY},
        ModelPackageConfig={"InputModelPackageArn": PACKAGE},
    )
    found = wanted.of(subject, {"region": "us-west-2"})
    assert found.keys == {KEY}
    assert found.principals == {ROLE}
    assert found.buckets == {"my-input", "my-output"}
    assert found.objects == {"s3://my-input/prompts.jsonl"}
    assert found.model_packages == {PACKAGE}
    assert (found.region, found.account, found.partition) == ("us-west-2", "111122223333", "aws")


def test_a_key_is_wanted_by_its_arn_its_id_and_its_alias() -> None:
    assert key_of(KEY).keys == {KEY}
    assert key_of(KEY_ID, **HERE).keys == {KEY}
    assert key_of("alias/ml", **HERE).aliases == {"arn:aws:kms:us-west-2:111122223333:alias/ml"}
    other = "arn:aws:kms:eu-west-1:444455556666:alias/ml"
    assert key_of(other).aliases == {other}


@pytest.mark.parametrize("name", [KEY_ID, "alias/ml"])
def test_without_region_and_account_an_id_names_no_key(name: str) -> None:
    found = key_of(name, region="us-west-2")
    assert not found.keys | found.aliases


@pytest.mark.parametrize("name", ["alias/aws/s3", "arn:aws:kms:us-west-2:111122223333:alias/aws/s3"])
def test_an_alias_of_aws_is_never_wanted(name: str) -> None:
    found = key_of(name, **HERE)
    assert not found.keys | found.aliases


@pytest.mark.parametrize(
    "name",
    [
        "",
        7,
        None,
        ["x"],
        "my-key",
        "arn:aws:kms:us-west-2.evil.example/:111122223333:key/" + KEY_ID,
        "arn:aws:kms:us-west-2:111122223333:key/" + KEY_ID + "\n",
        "arn:aws:s3:::bucket",
        "arn:aws:kms:us-west-2:1111:key/x",
    ],
)
def test_what_is_no_key_is_not_wanted(name: object) -> None:
    found = key_of(name, **HERE)
    assert not found.keys | found.aliases


def test_of_each_partition_an_id_is_a_key_there() -> None:
    role = ROLE.replace("arn:aws:", "arn:aws-us-gov:")
    subject = request("sagemaker:CreateTrainingJob", RoleArn=role, OutputDataConfig={"KmsKeyId": KEY_ID})
    assert wanted.of(subject, {"region": "us-gov-west-1"}).keys == {
        f"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{KEY_ID}"
    }
    assert key_of(KEY_ID, region="cn-north-1", account="111122223333").keys == {
        f"arn:aws-cn:kms:cn-north-1:111122223333:key/{KEY_ID}"
    }
    assert key_of(KEY_ID, **HERE, partition="aws-iso").keys == {KEY.replace("arn:aws:", "arn:aws-iso:")}


def test_without_a_region_the_partition_has_one() -> None:
    assert wanted.Wanted().home == "us-east-1"
    assert wanted.Wanted(partition="aws-cn").home == "cn-north-1"
    assert wanted.Wanted(region="eu-west-1").home == "eu-west-1"


def test_the_source_of_a_copy_is_wanted_and_a_foundation_model_is_not() -> None:
    model = "arn:aws:bedrock:us-west-2:111122223333:custom-model/amazon.titan/abc"
    assert wanted.of(request("bedrock:CreateModelCopyJob", sourceModelArn=model), {}).models == {model}
    foundation = "arn:aws:bedrock:us-west-2::foundation-model/amazon.titan"
    assert not wanted.of(request("bedrock:CreateModelCopyJob", sourceModelArn=foundation), {}).models


def test_invokers_the_agents_role_and_nobody_else_beside_the_job() -> None:
    known = {
        "invoking_principals": ["arn:aws:iam::111122223333:user/jane", "arn:aws:iam::111122223333:root", 7],
        "agent_runtime_role": "arn:aws:iam::111122223333:role/path/Agent",
    }
    found = wanted.of(create_job(), known)
    assert found.principals == {
        ROLE,
        "arn:aws:iam::111122223333:user/jane",
        "arn:aws:iam::111122223333:role/path/Agent",
    }


def test_a_directory_bucket_and_what_is_no_bucket_are_not_wanted() -> None:
    for uri in ("s3://my-bucket--usw2-az1--x-s3/out/", "https://my-bucket/", "s3://B/", "s3://my_bucket/", 7):
        subject = request("sagemaker:CreateTrainingJob", OutputDataConfig={"S3OutputPath": uri})
        assert not wanted.of(subject, {}).buckets, uri


def test_a_document_that_cannot_be_read_names_nothing() -> None:
    subject = request("sagemaker:CreateJob", RoleArn=ROLE, JobConfigDocument='{"OutputDataConfig": {')
    found = wanted.of(subject, {})
    assert found.principals == {ROLE}
    assert not found.keys


def test_the_key_of_a_requested_grant_is_wanted() -> None:
    assert wanted.of(request("kms:CreateGrant", KeyId=KEY), {}).keys == {KEY}


@pytest.mark.parametrize(
    "subject",
    [
        {},
        {"aws_request": 7},
        {"aws_request": {"service": "s3", "operation": "PutObject", "parameters": {}}},
        {"aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": []}},
        {"aws_request": {"service": "kms", "operation": "CreateGrant", "parameters": []}},
        {"terraform_plan": {"resource_changes": [7, {"type": "aws_sagemaker_training_job", "change": 7}]}},
        {"kubernetes_object": {"object": None}},
    ],
)
def test_what_is_no_job_names_nothing(subject: dict[str, Any]) -> None:
    found = wanted.of(subject, {})
    assert not found.keys | found.aliases | found.principals | found.buckets | found.models | found.model_packages


def test_a_plan_names_what_its_jobs_will_use() -> None:
    after = {
        "role_arn": ROLE,
        "custom_model_kms_key_id": KEY,
        "output_data_config": [{"s3_uri": "s3://my-output/"}],
        "validation_data_config": [{"validator": [{"s3_uri": "s3://my-validation/"}]}],
    }
    plan = {"resource_changes": [{"type": "aws_bedrock_custom_model", "change": {"after": after}}, {"type": "aws_vpc"}]}
    found = wanted.of({"terraform_plan": plan}, {})
    assert (found.keys, found.principals, found.buckets) == ({KEY}, {ROLE}, {"my-output", "my-validation"})


def test_an_object_of_kubernetes_names_what_its_job_will_use() -> None:
    spec = {
        "forProvider": {"customModelKmsKeyId": KEY, "roleArn": ROLE, "outputDataConfig": {"s3Uri": "s3://my-output/"}}
    }
    job = {"apiVersion": "bedrock.aws.m.upbound.io/v1beta1", "kind": "CustomModel", "spec": spec}
    found = wanted.of({"kubernetes_object": {"object": job}}, {})
    assert (found.keys, found.principals, found.buckets) == ({KEY}, {ROLE}, {"my-output"})
