from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sealgate.generate import hand_table, kubernetes_jobs
from sealgate.generate.kubernetes_jobs import KUBERNETES_JOBS, ack_case, crossplane_case, lower_camel_case
from sealgate.generate.operations import KEY_FORMS, KEY_KINDS, OPERATIONS
from sealgate.generate.outputs import GenerationError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ROWS: dict[str, dict[str, Any]] = json.loads((ROOT / KUBERNETES_JOBS).read_bytes())
OPERATION_ROWS: dict[str, dict[str, Any]] = json.loads((ROOT / OPERATIONS).read_bytes())
KINDS: dict[str, dict[str, Any]] = json.loads((ROOT / KEY_KINDS).read_bytes())
KEYS: dict[str, list[str]] = yaml.safe_load((ROOT / "tests/generate/kubernetes_keys.yaml").read_text(encoding="utf-8"))

CRDS = ROOT.parent / "shared/data/ack-crds"

# Members of the CRDs that are called after a KMS key and are none.
NO_KEYS = {
    "bedrockagentcorecontrol.services.k8s.aws/Gateway spec.kmsKeyRef": "a reference to a key",
    "bedrockagentcorecontrol.services.k8s.aws/Harness spec.memory.managedMemoryConfiguration.encryptionKeyRef": (
        "a reference to a key"
    ),
    "bedrockagentcorecontrol.services.k8s.aws/Memory spec.encryptionKeyRef": "a reference to a key",
    "bedrockagentcorecontrol.services.k8s.aws/PolicyEngine spec.encryptionKeyRef": "a reference to a key",
}


def written(path: list[str]) -> str:
    """Return a path as people write it, below spec: `spec.a.*.b` is a[].b; what may be a list of one is none."""
    dotted = ".".join(path).removeprefix("spec.").removeprefix("forProvider.")
    return dotted.replace(".*", "[]").replace(".?", "")


def paths_of(row: dict[str, Any]) -> Iterator[list[str]]:
    yield from (row[part] for part in ("name", "tags", "labeling_algorithm") if row.get(part))
    yield from (*row["role"], *row["models"], *row.get("role_references", []))
    for part in ("keys", "instance_types", "s3"):
        yield from (place["path"] for place in row[part])
    for key in row["keys"]:
        yield from (*key.get("instance_types", []), *key.get("serverless", []))
        yield from ([*key["path"][:-1], name] for name in key.get("references", []))
        if "within" in key:
            yield key["within"]


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the hand-kept table, which a test may change before the generator reads it."""
    tables = {name: copy.deepcopy(hand_table(name)) for name in ("kubernetes_jobs.yaml", "terraform_jobs.yaml")}
    monkeypatch.setattr(kubernetes_jobs, "hand_table", tables.__getitem__)
    table: dict[str, Any] = tables["kubernetes_jobs.yaml"]
    return table


def refusal() -> str:
    with pytest.raises(GenerationError) as caught:
        kubernetes_jobs.generate(ROOT)
    return str(caught.value)


def test_the_file_is_byte_for_byte_what_is_generated() -> None:
    for path, content in kubernetes_jobs.generate(ROOT).items():
        assert (ROOT / path).read_bytes() == content, path


def test_the_keys_of_each_kind_stand_where_the_controllers_have_them() -> None:
    found = {
        kind: sorted(written(key["path"]) for key in row["keys"])
        for kind, row in ROWS.items()
        if ".aws.m.upbound.io/" not in kind
    }
    assert found == KEYS


def test_both_families_of_crossplane_are_one() -> None:
    clustered = {kind: row for kind, row in ROWS.items() if ".aws.upbound.io/" in kind}
    namespaced = {kind.replace(".m.", "."): row for kind, row in ROWS.items() if ".aws.m.upbound.io/" in kind}
    assert clustered == namespaced
    for row in clustered.values():
        assert all(path[:2] == ["spec", "forProvider"] for path in paths_of(row) if path != ["metadata", "name"])


@pytest.mark.parametrize("kind", ROWS)
def test_a_key_keeps_what_the_operation_says_of_it(kind: str) -> None:
    row = ROWS[kind]
    operation = f"{row['service']}:{row['operation']}"
    for key in row["keys"]:
        assert set(key["documented"]) <= set(key["forms"]) <= set(KEY_FORMS)
        if operation not in OPERATION_ROWS:
            continue
        assert key["member"] in KINDS[operation]
        (of_request,) = [of for of in OPERATION_ROWS[operation]["keys"] if ".".join(of["path"]) == key["member"]]
        for fact in ("use", "forms", "documented", "sources", "local_storage"):
            assert key.get(fact) == of_request.get(fact)
        assert ("within" in key) == ("within" in of_request)
    assert (operation in OPERATION_ROWS) == (not kind.startswith("s3."))


def test_a_reference_stands_beside_its_value() -> None:
    gateway = ROWS["bedrockagentcorecontrol.services.k8s.aws/Gateway"]
    assert [key["references"] for key in gateway["keys"]] == [["kmsKeyRef"]]
    assert gateway["role_references"] == [["spec", "roleRef"]]
    notebook = ROWS["sagemaker.aws.m.upbound.io/NotebookInstance"]
    assert [key["references"] for key in notebook["keys"]] == [["kmsKeyIdRef", "kmsKeyIdSelector"]]
    assert notebook["role_references"] == [
        ["spec", "forProvider", "roleArnRef"],
        ["spec", "forProvider", "roleArnSelector"],
    ]
    training = ROWS["sagemaker.services.k8s.aws/TrainingJob"]
    assert not any("references" in key for key in training["keys"])
    assert "role_references" not in training


def test_a_key_that_the_kind_does_not_have_is_dropped() -> None:
    assert ROWS["sagemaker.services.k8s.aws/ModelPackage"]["dropped"] == [["spec", "securityConfig", "kmsKeyID"]]
    assert "dropped" not in ROWS["sagemaker.services.k8s.aws/TrainingJob"]


def test_no_key_that_is_dropped_is_in_the_schema(crds: dict[str, set[tuple[str, ...]]]) -> None:
    for kind in ROWS.keys() & crds.keys():
        assert not {tuple(path) for path in ROWS[kind].get("dropped", [])} & crds[kind]


def test_a_block_of_crossplane_may_be_a_list_of_one() -> None:
    (capture,) = [
        key for key in ROWS["sagemaker.aws.upbound.io/EndpointConfiguration"]["keys"] if key["use"] == "data_capture"
    ]
    assert capture["path"] == ["spec", "forProvider", "dataCaptureConfig", "?", "kmsKeyId"]
    assert capture["within"] == ["spec", "forProvider", "dataCaptureConfig", "?"]


@pytest.mark.parametrize(
    ("member", "ack", "operator", "crossplane"),
    [
        ("VolumeKmsKeyId", "volumeKMSKeyID", "volumeKmsKeyId", "volumeKmsKeyId"),
        ("S3Uri", "s3URI", "s3Uri", "s3Uri"),
        ("HomeEfsFileSystemKmsKeyId", "homeEFSFileSystemKMSKeyID", "homeEfsFileSystemKmsKeyId",
         "homeEfsFileSystemKmsKeyId"),
        ("RoleArn", "roleARN", "roleArn", "roleArn"),
        ("KmsKeyId", "kmsKeyID", "kmsKeyId", "kmsKeyId"),
        ("custom_model_kms_key_id", "custom_model_kms_key_id", "custom_model_kms_key_id", "customModelKmsKeyId"),
    ],
)  # fmt: skip
def test_a_member_is_spelt_as_the_controller_spells_it(member: str, ack: str, operator: str, crossplane: str) -> None:
    assert (ack_case(member), lower_camel_case(member), crossplane_case(member)) == (ack, operator, crossplane)


class TestTheHandTableIsRefused:
    def test_where_a_key_of_the_operation_is_not_accounted_for(self, hand: dict[str, Any]) -> None:
        hand["ack"]["sagemaker.services.k8s.aws"]["TrainingJob"]["keys"] = ["OutputDataConfig.KmsKeyId"]
        assert (
            "kubernetes_jobs.yaml: sagemaker.services.k8s.aws/TrainingJob: sagemaker:CreateTrainingJob has the key "
            "ResourceConfig.VolumeKmsKeyId: name it in keys"
        ) in refusal()

    def test_where_a_reference_is_to_no_member(self, hand: dict[str, Any]) -> None:
        hand["ack"]["bedrockagentcorecontrol.services.k8s.aws"]["Gateway"]["references"]["kmsKeyId"] = "kmsKeyRef"
        assert "bedrock-agentcore-control:CreateGateway has no member kmsKeyId" in refusal()

    def test_where_the_operation_is_unknown(self, hand: dict[str, Any]) -> None:
        hand["operator"]["sagemaker.aws.amazon.com"]["TrainingJob"]["operation"] = "sagemaker:Train"
        assert "sagemaker.aws.amazon.com/TrainingJob: sagemaker:Train is not in the operations table" in refusal()

    def test_where_the_terraform_resource_is_unknown(self, hand: dict[str, Any]) -> None:
        hand["crossplane"]["bedrock"]["Guardrail"] = "aws_bedrock_rail"
        assert "Guardrail of bedrock: aws_bedrock_rail is not in terraform_jobs.yaml" in refusal()

    def test_where_a_path_leads_through_more_blocks_than_are_followed(self, hand: dict[str, Any]) -> None:
        hand["ack"]["bedrockagent.services.k8s.aws"]["Agent"]["attributes"] = {
            "customerEncryptionKeyArn": "a.?.b.?.c.?.d.?.e.?.f.?.g.?.h"
        }
        assert "customerEncryptionKeyArn leads through more than 6 blocks" in refusal()

    def test_where_it_does_not_say_what_a_key_is_used_for(self, hand: dict[str, Any]) -> None:
        del hand["by_hand"]["s3.services.k8s.aws"]["Bucket"]["keys"][0]["use"]
        assert "s3.services.k8s.aws/Bucket: say what ServerSideEncryptionConfiguration" in refusal()


def schema_paths(schema: dict[str, Any], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of an OpenAPI schema, with `*` for what stands in lists and maps."""
    yield before
    for element in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(element, dict):
            yield from schema_paths(element, (*before, "*"))
    for name, member in schema.get("properties", {}).items():
        yield from schema_paths(member, (*before, name))


@pytest.fixture(scope="module")
def crds() -> dict[str, set[tuple[str, ...]]]:
    """Return the paths below spec of each kind of ACK, by `<group>/<Kind>`."""
    if not CRDS.is_dir():
        pytest.skip(f"{CRDS} is missing: the CRDs that the table is held against")
    kinds = {}
    for file in CRDS.glob("*/*.yaml"):
        spec = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
        kinds[f"{spec['group']}/{spec['names']['kind']}"] = {
            path
            for version in spec["versions"]
            for path in schema_paths(version["schema"]["openAPIV3Schema"]["properties"]["spec"], ("spec",))
        }
    return kinds


def test_every_path_is_in_the_schema_of_its_kind(crds: dict[str, set[tuple[str, ...]]]) -> None:
    missing = {
        f"{kind} {'.'.join(path)}"
        for kind, row in ROWS.items()
        if kind in crds
        for path in paths_of(row)
        if tuple(path) not in crds[kind]
    }
    assert missing == set()


def test_every_kind_of_ack_but_buckets_is_held_against_its_schema(crds: dict[str, set[tuple[str, ...]]]) -> None:
    assert {kind for kind in ROWS if ".services.k8s.aws/" in kind} - crds.keys() == {"s3.services.k8s.aws/Bucket"}


def test_every_member_of_a_schema_that_is_called_after_a_key_is_in_the_table(
    crds: dict[str, set[tuple[str, ...]]],
) -> None:
    named = {
        f"{kind} {'.'.join(path)}"
        for kind, paths in crds.items()
        for path in paths
        if re.search("kms|encryptionkey", path[-1], re.IGNORECASE)
    }
    known = {f"{kind} {'.'.join(key['path'])}" for kind, row in ROWS.items() for key in row["keys"]}
    assert named - known == NO_KEYS.keys()
