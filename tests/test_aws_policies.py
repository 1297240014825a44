"""What AWS itself wrote is no violation: its default key policy, its managed policies and its pages' samples."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT.parent / "shared/documents"
MANAGED = ROOT.parent / "shared/data/policies"

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/SageMakerExecutionRole"
DEFAULT_KEY_POLICY = {
    "Version": "2012-10-17",
    "Id": "key-default-1",
    "Statement": [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}

# What stands for the reader's own account, Region, role and key on the pages, with what it is here.
PLACEHOLDERS = {
    r"\$\{account-id\}|\{\{(CustomerAccountId|accountId)\}\}|(?<=:)account-id(?=:)|(?<=\")account-id(?=\")": (
        "111122223333"
    ),
    r"\$\{region\}|\{\{region\}\}|(?<=:)region(?=:)": "us-west-2",
    r"\[\[keyId\]\]|key-id": "1234abcd-12ab-34cd-56ef-1234567890ab",
    r"user/\$\{role\}": "role/SageMakerExecutionRole",
}

# A job of each system whose role the rules look at, with the role and the key.
JOBS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "multi-turn RL": (
        "sagemaker",
        "CreateJob",
        {
            "JobName": "my-job",
            "JobCategory": "AgentRFT",
            "JobConfigSchemaVersion": "1.0.0",
            "JobConfigDocument": json.dumps({"OutputDataConfig": {"KmsKeyArn": KEY}}),
            "RoleArn": ROLE,
        },
    ),
    "labeling": (
        "sagemaker",
        "CreateLabelingJob",
        {"LabelingJobName": "my-job", "RoleArn": ROLE, "OutputConfig": {"KmsKeyId": KEY}},
    ),
    "custom model": (
        "bedrock",
        "CreateModelCustomizationJob",
        {"jobName": "my-job", "roleArn": ROLE, "customModelKmsKeyId": KEY},
    ),
    "evaluation": (
        "bedrock",
        "CreateEvaluationJob",
        {"jobName": "my-job", "roleArn": ROLE, "customerEncryptionKeyId": KEY},
    ),
}


def findings(job: str, key_policies: list[dict[str, Any]], identity: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the rules on policies find of the policies, beside a job.

    Each key policy is that of a key of its own, and the job's key has all their statements.
    """
    service, operation, parameters = JOBS[job]
    keys = {f"{KEY[:-2]}{number:02}": policy for number, policy in enumerate(key_policies, 1)}
    keys[KEY] = {
        "Version": "2012-10-17",
        "Statement": [statement for policy in key_policies for statement in _list(policy["Statement"])],
    }
    document = {
        "subject": {"aws_request": {"service": service, "operation": operation, "parameters": parameters}},
        "context": {
            "region": "us-west-2",
            "account": "111122223333",
            "keys": {name: {"policy": policy} for name, policy in keys.items()},
            "principals": {ROLE: {"policies": [{"document": policy} for policy in identity]}},
        },
    }
    done = subprocess.run(
        [
            *(".tools/bin/opa", "eval", "--data", "policies", "--stdin-input", "--format", "raw"),
            "[found | some found in data.sealgate.rules.iam[_].findings]",
        ],
        cwd=ROOT,
        input=json.dumps(document),
        capture_output=True,
        check=True,
        text=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def samples() -> Iterator[dict[str, Any]]:
    """Yield each policy and each statement, as the only one of a policy, of the five pages."""
    for page in sorted(DOCUMENTS.glob("*.txt")):
        text = page.read_text(encoding="utf-8")
        for placeholder, replacement in PLACEHOLDERS.items():
            text = re.sub(placeholder, replacement, text)
        for line in text.splitlines():
            content = json.loads(line) if line.startswith("{") else {}
            if "Statement" in content:
                yield content
            elif "Effect" in content:
                yield {"Version": "2012-10-17", "Statement": content}


def is_of_key(policy: dict[str, Any]) -> bool:
    """Return whether the policy names principals, as those of keys do."""
    return '"Principal"' in json.dumps(policy)


def violations(found: list[dict[str, Any]]) -> list[str]:
    return [f"{one['subject']}: {one['message']}" for one in found if one["outcome"] == "violation"]


@pytest.mark.parametrize("job", JOBS)
def test_the_default_key_policy_has_nothing_said_of_it(job: str) -> None:
    assert findings(job, [DEFAULT_KEY_POLICY], []) == []


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.skipif(not MANAGED.is_dir(), reason="skipped: AWS's managed policies are not beside the checkout")
def test_no_managed_policy_is_a_violation(job: str) -> None:
    policies = [json.loads(path.read_bytes()) for path in sorted(MANAGED.glob("awsmanaged-*.json"))]
    assert len(policies) > 10
    assert violations(findings(job, [DEFAULT_KEY_POLICY], policies)) == []


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="skipped: the pages are not beside the checkout")
def test_no_sample_of_the_pages_is_a_violation(job: str) -> None:
    policies = list(samples())
    of_keys = [policy for policy in policies if is_of_key(policy)]
    of_roles = [policy for policy in policies if not is_of_key(policy)]
    assert (len(of_keys), len(of_roles)) == (13, 3)

    with_default = [
        {**policy, "Statement": [*_list(DEFAULT_KEY_POLICY["Statement"]), *_list(policy["Statement"])]}
        for policy in of_keys
    ]
    assert violations(findings(job, with_default, of_roles)) == []


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="skipped: the pages are not beside the checkout")
def test_a_sample_that_never_grants_what_it_lists_is_advice_that_names_the_page() -> None:
    policies = [policy for policy in samples() if is_of_key(policy)]
    found = findings("multi-turn RL", policies, [])
    assert {one["message"] for one in found if "never allows kms:DescribeKey" in one["message"]}
    assert all(
        "AWS's own sample" in one["message"] for one in found if "never allows kms:DescribeKey" in one["message"]
    )
    assert {one["outcome"] for one in found if "nobody who may change it" not in one["message"]} == {"advice"}


def _list(statements: Any) -> list[Any]:
    return statements if isinstance(statements, list) else [statements]
