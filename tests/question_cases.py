"""A job of each system, with what AWS is said to know of it."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/5678abcd-12ab-34cd-56ef-1234567890ab"
FOREIGN_KEY = KEY.replace(ACCOUNT, "444455556666")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Job"
CALLER = f"arn:aws:iam::{ACCOUNT}:role/team/Caller"
PACKAGE = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:model-package/models/3"
SOURCE_MODEL = f"arn:aws:bedrock:us-west-2:{ACCOUNT}:custom-model/base/abcdefghijkl"

# The statement of a default key policy: it lets the account's own policies decide.
ROOT: dict[str, Any] = {
    "Sid": "Root",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}

CONTEXT: dict[str, Any] = {
    "region": "us-west-2",
    "account": ACCOUNT,
    "caller": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Caller/me", "role_arn": CALLER},
    "buckets": {"my-bucket": {"encryption": None}},
}


def request(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """Return a request of the AWS API."""
    return {"service": service, "operation": operation, "parameters": parameters}


def create_job(key: str = KEY, category: str = "AgentRFT", package: str | None = None) -> dict[str, Any]:
    """Return a CreateJob request that names a key, and perhaps goes on from a model package."""
    document = {
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://my-bucket/in/"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://my-bucket/out/", "KmsKeyArn": key},
        **({"ModelPackageConfig": {"InputModelPackageArn": package}} if package else {}),
    }
    return request(
        "sagemaker",
        "CreateJob",
        JobName="my-job",
        RoleArn=ROLE,
        JobCategory=category,
        JobConfigSchemaVersion="1.0.0",
        JobConfigDocument=json.dumps(document),
    )


def previous(key: str) -> dict[str, Any]:
    """Return what is known of the job before, and its key."""
    job = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:job/AgentRFT/before"
    return {"model_packages": {PACKAGE: {"job_arn": job, "kms_key_arn": key}}}


def labeling(output: str, volume: str) -> dict[str, Any]:
    """Return a CreateLabelingJob request with two keys."""
    return request(
        "sagemaker",
        "CreateLabelingJob",
        LabelingJobName="my-job",
        RoleArn=ROLE,
        OutputConfig={"S3OutputPath": "s3://my-bucket/out/", "KmsKeyId": output},
        LabelingJobAlgorithmsConfig={"LabelingJobResourceConfig": {"VolumeKmsKeyId": volume}},
    )


def training(output: str, volume: str) -> dict[str, Any]:
    """Return a CreateTrainingJob request with two keys."""
    return request(
        "sagemaker",
        "CreateTrainingJob",
        TrainingJobName="my-job",
        RoleArn=ROLE,
        OutputDataConfig={"S3OutputPath": "s3://my-bucket/out/", "KmsKeyId": output},
        ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeKmsKeyId": volume},
    )


EVALUATION = request(
    "bedrock",
    "CreateEvaluationJob",
    jobName="my-job",
    roleArn=ROLE,
    customerEncryptionKeyId=KEY,
    outputDataConfig={"s3Uri": "s3://my-bucket/out/"},
)
CUSTOMIZATION = request(
    "bedrock",
    "CreateModelCustomizationJob",
    jobName="my-job",
    roleArn=ROLE,
    customModelName="mine",
    customModelKmsKeyId=KEY,
    trainingDataConfig={"s3Uri": "s3://my-bucket/in/"},
    outputDataConfig={"s3Uri": "s3://my-bucket/out/"},
)
COPY = request("bedrock", "CreateModelCopyJob", sourceModelArn=SOURCE_MODEL, targetModelName="mine", modelKmsKeyId=KEY)

# The five systems, and what makes a difference within them: the name, the request, what is known besides.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "multi-turn RL training": (create_job(), {}),
    "multi-turn RL training, agent runtime": (
        create_job(),
        {"agent_runtime_role": f"arn:aws:iam::{ACCOUNT}:role/Agent"},
    ),
    "multi-turn RL training, input under the output key": (
        create_job(),
        {"objects": {"s3://my-bucket/in/data": {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}}},
    ),
    "multi-turn RL training, key of another account": (create_job(FOREIGN_KEY), {}),
    "multi-turn RL training, iterative": (create_job(package=PACKAGE), previous(KEY)),
    "multi-turn RL training, iterative with another key": (create_job(package=PACKAGE), previous(OTHER_KEY)),
    "multi-turn RL evaluation": (create_job(category="AgentRFTEvaluation"), {}),
    "labeling": (labeling(KEY, OTHER_KEY), {}),
    "labeling, one key of another account": (labeling(FOREIGN_KEY, FOREIGN_KEY), {}),
    "model customization": (CUSTOMIZATION, {"invoking_principals": [f"arn:aws:iam::{ACCOUNT}:user/invoker"]}),
    "model copy": (COPY, {"models": {SOURCE_MODEL: {"kms_key_arn": OTHER_KEY}}}),
    "model evaluation": (EVALUATION, {}),
    "training at rest": (training(KEY, OTHER_KEY), {}),
    "training at rest, one key": (training(KEY, KEY), {}),
}
