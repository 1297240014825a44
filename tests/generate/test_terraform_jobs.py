from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sealgate.generate import hand_table, terraform_jobs
from sealgate.generate.operations import KEY_FORMS, KEY_KINDS, OPERATIONS
from sealgate.generate.outputs import GenerationError
from sealgate.generate.terraform_jobs import TERRAFORM_JOBS, snake_case, snake_case_with_digits

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROWS: dict[str, dict[str, Any]] = json.loads((ROOT / TERRAFORM_JOBS).read_bytes())
OPERATION_ROWS: dict[str, dict[str, Any]] = json.loads((ROOT / OPERATIONS).read_bytes())
KINDS: dict[str, dict[str, Any]] = json.loads((ROOT / KEY_KINDS).read_bytes())

# What `terraform providers schema -json` prints of a configuration with hashicorp/aws and hashicorp/awscc.
SCHEMA = os.environ.get("SEALGATE_TERRAFORM_SCHEMA", "")

KEYS: dict[str, list[str]] = yaml.safe_load((ROOT / "tests/generate/terraform_keys.yaml").read_text(encoding="utf-8"))


def written(path: list[Any]) -> str:
    """Return a path as people write it: `a.*.b` and `a.0.b` are `a[].b`."""
    return ".".join(str(step) for step in path).replace(".*", "[]").replace(".0", "[]")


def paths_of(row: dict[str, Any]) -> Iterator[list[Any]]:
    yield from (row[part] for part in ("name", "tags", "labeling_algorithm") if row.get(part))
    yield from (*row["role"], *row["models"])
    for part in ("keys", "instance_types", "s3"):
        yield from (place["path"] for place in row[part])
    for key in row["keys"]:
        yield from (*key.get("instance_types", []), *key.get("serverless", []))
        if "within" in key:
            yield key["within"]


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the hand-kept table, which a test may change before the generator reads it."""
    table: dict[str, Any] = copy.deepcopy(hand_table("terraform_jobs.yaml"))
    monkeypatch.setattr(terraform_jobs, "hand_table", {"terraform_jobs.yaml": table}.__getitem__)
    return table


def refusal() -> str:
    with pytest.raises(GenerationError) as caught:
        terraform_jobs.generate(ROOT)
    return str(caught.value)


def test_the_file_is_byte_for_byte_what_is_generated() -> None:
    for path, content in terraform_jobs.generate(ROOT).items():
        assert (ROOT / path).read_bytes() == content, path


def test_the_keys_of_each_resource_stand_where_the_providers_have_them() -> None:
    found = {resource: sorted(written(key["path"]) for key in row["keys"]) for resource, row in ROWS.items()}
    assert found == KEYS


@pytest.mark.parametrize("resource", ROWS)
def test_a_key_keeps_what_the_operation_says_of_it(resource: str) -> None:
    row = ROWS[resource]
    operation = f"{row['service']}:{row['operation']}"
    for key in row["keys"]:
        assert set(key["documented"]) <= set(key["forms"]) <= set(KEY_FORMS)
        if operation not in OPERATION_ROWS:
            continue
        assert key["member"] in KINDS[operation]
        (of_request,) = [of for of in OPERATION_ROWS[operation]["keys"] if ".".join(of["path"]) == key["member"]]
        places = {"path", "member", "within", "instance_types", "serverless"}
        assert {name: said for name, said in key.items() if name not in places} == {
            name: said for name, said in of_request.items() if name not in places
        }
        assert ("within" in key) == ("within" in of_request)
    assert (operation in OPERATION_ROWS) == (resource not in hand_table("terraform_jobs.yaml")["neighbours"])


def test_a_part_of_a_request_that_is_a_block_is_its_one_element() -> None:
    (volume,) = [key for key in ROWS["aws_sagemaker_training_job"]["keys"] if key["use"] == "volume"]
    assert volume["within"] == ["resource_config", 0]
    assert volume["serverless"] == [["serverless_job_config", 0]]
    assert volume["instance_types"] == [
        ["resource_config", 0, "instance_groups", "*", "instance_type"],
        ["resource_config", 0, "instance_type"],
    ]
    (capture,) = [key for key in ROWS["awscc_sagemaker_endpoint_config"]["keys"] if key["use"] == "data_capture"]
    assert capture["within"] == ["data_capture_config"]


def test_name_tags_and_algorithm_are_one_place_each() -> None:
    row = ROWS["aws_sagemaker_labeling_job"]
    assert (row["name"], row["tags"]) == (["labeling_job_name"], ["tags_all"])
    assert row["labeling_algorithm"] == [
        "labeling_job_algorithms_config",
        0,
        "labeling_job_algorithm_specification_arn",
    ]
    assert ROWS["awscc_sagemaker_domain"]["tags"] == ["tags"]
    assert ROWS["aws_bedrock_model_invocation_job"]["tags"] is None


@pytest.mark.parametrize(
    ("member", "aws", "awscc"),
    [
        ("S3KmsKeyId", "s3_kms_key_id", "s3_kms_key_id"),
        ("VolumeSizeInGB", "volume_size_in_gb", "volume_size_in_gb"),
        ("AutoMLJobName", "auto_ml_job_name", "auto_ml_job_name"),
        ("oauth2ProviderConfigInput", "oauth2_provider_config_input", "oauth_2_provider_config_input"),
        ("s3Location", "s3_location", "s3_location"),
        ("customJWTAuthorizer", "custom_jwt_authorizer", "custom_jwt_authorizer"),
        ("ec2Configuration", "ec2_configuration", "ec_2_configuration"),
    ],
)
def test_a_member_is_spelt_as_the_provider_spells_it(member: str, aws: str, awscc: str) -> None:
    assert (snake_case(member), snake_case_with_digits(member)) == (aws, awscc)


class TestTheHandTableIsRefused:
    def test_where_a_key_of_the_operation_is_not_accounted_for(self, hand: dict[str, Any]) -> None:
        hand["resources"]["aws_sagemaker_training_job"]["keys"] = ["OutputDataConfig.KmsKeyId"]
        assert (
            "aws_sagemaker_training_job: sagemaker:CreateTrainingJob has the key ResourceConfig.VolumeKmsKeyId: name"
            in (refusal())
        )

    def test_where_it_names_a_key_that_the_operation_does_not_have(self, hand: dict[str, Any]) -> None:
        hand["resources"]["aws_sagemaker_notebook_instance"]["keys"].append("VolumeKmsKeyId")
        assert "sagemaker:CreateNotebookInstance has no key VolumeKmsKeyId" in refusal()

    def test_where_a_key_is_both_there_and_not_there(self, hand: dict[str, Any]) -> None:
        hand["resources"]["aws_bedrock_guardrail"]["not_there"] = {"kmsKeyId": "no longer"}
        assert "bedrock:CreateGuardrail has no key kmsKeyId, or not_there holds it" in refusal()

    @pytest.mark.parametrize("part", ["attributes", "not_there"])
    def test_where_it_names_a_member_that_the_operation_does_not_have(self, hand: dict[str, Any], part: str) -> None:
        hand["resources"]["aws_bedrock_guardrail"].setdefault(part, {})["kmsKey"] = "kms_key"
        assert "aws_bedrock_guardrail: bedrock:CreateGuardrail has no member kmsKey" in refusal()

    def test_where_it_gives_no_reason(self, hand: dict[str, Any]) -> None:
        hand["resources"]["aws_sagemaker_endpoint_configuration"]["not_there"]["ExplainerConfig"] = ""
        assert "aws_sagemaker_endpoint_configuration: not_there gives no reason for ExplainerConfig" in refusal()

    def test_where_the_operation_is_unknown(self, hand: dict[str, Any]) -> None:
        hand["resources"]["aws_bedrock_guardrail"]["operation"] = "bedrock:CreateRail"
        assert "aws_bedrock_guardrail: bedrock:CreateRail is not in the operations table" in refusal()

    def test_where_a_path_leads_through_more_lists_than_are_followed(self, hand: dict[str, Any]) -> None:
        hand["resources"]["aws_bedrock_guardrail"]["attributes"]["kmsKeyId"] = "a.*.b.*.c.*.d.*.e.*.f"
        assert "aws_bedrock_guardrail: kmsKeyId leads through more than 4 lists" in refusal()

    def test_where_a_neighbour_names_a_member_that_the_request_does_not_have(self, hand: dict[str, Any]) -> None:
        hand["neighbours"]["aws_s3_object"]["keys"][0]["member"] = "KmsKeyId"
        assert refusal() == "terraform_jobs.yaml: aws_s3_object: s3:PutObject has no member KmsKeyId"

    def test_where_the_api_no_longer_says_what_a_neighbour_takes(self, hand: dict[str, Any]) -> None:
        hand["neighbours"]["aws_ecr_repository"]["keys"][0]["says"] = "Only an ARN"
        assert "the text of encryptionConfiguration.kmsKey no longer says: Only an ARN" in refusal()


def schema_paths(block: dict[str, Any], before: str = "") -> Iterator[str]:
    """Yield the paths of a block of `terraform providers schema -json`, as `written` writes them."""
    for name, attribute in block.get("attributes", {}).items():
        nested = attribute.get("nested_type", {})
        repeated = nested.get("nesting_mode", "single") != "single"
        path = f"{before}{name}"
        yield path
        if repeated or str(attribute.get("type", "")).startswith(("['list", "['set")):
            yield f"{path}[]"
        yield from schema_paths(nested, f"{path}{'[]' * repeated}.")
    for name, nested in block.get("block_types", {}).items():
        path = f"{before}{name}{'[]' * (nested['nesting_mode'] != 'single')}"
        yield from (f"{before}{name}", path)
        yield from schema_paths(nested["block"], f"{path}.")


@pytest.mark.skipif(not SCHEMA, reason="SEALGATE_TERRAFORM_SCHEMA names no file of `terraform providers schema -json`")
def test_every_path_is_in_the_schema_of_its_provider() -> None:
    providers = json.loads(Path(SCHEMA).read_bytes())["provider_schemas"]
    resources = {name: of for provider in providers.values() for name, of in provider["resource_schemas"].items()}
    assert {resource for resource in ROWS if resource not in resources} == set()
    missing = {
        f"{resource} {written(path)}"
        for resource, row in ROWS.items()
        for path in paths_of(row)
        if written(path) not in set(schema_paths(resources[resource]["block"]))
    }
    assert missing == set()
