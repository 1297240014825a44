from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator
from tests.generate.requests_builder import minimal_request, with_key

from sealgate.generate import hand_table, operations
from sealgate.generate.operations import KEY_FORMS, MULTI_REGION_KEY_ARN, OPERATIONS, forms_by_pattern, service_model
from sealgate.generate.outputs import GenerationError, main

ROOT = Path(__file__).parents[2]
ROWS: dict[str, dict[str, Any]] = json.loads((ROOT / OPERATIONS).read_bytes())
KINDS: dict[str, dict[str, Any]] = json.loads((ROOT / operations.KEY_KINDS).read_bytes())
REQUEST_MEMBERS: dict[str, dict[str, list[str]]] = json.loads((ROOT / operations.REQUEST_MEMBERS).read_bytes())

KEYS = [(operation, key) for operation, row in ROWS.items() for key in row["keys"]]
KEY_IDS = [f"{operation} {'.'.join(key['path'])}" for operation, key in KEYS]


def paths_of(row: dict[str, Any]) -> list[list[str]]:
    """Return every path that a row names."""
    nested = [part["path"] for member in ("keys", "instance_types", "s3") for part in row[member]]
    volumes = [path for key in row["keys"] for path in key.get("instance_types", []) + key.get("serverless", [])]
    singles = [path for path in (row["name"], row["tags"]) if path]
    return [*nested, *volumes, *singles, *row["role"], *row["json_strings"], *row["models"]]


def resolve(shape: Shape, path: list[str]) -> Shape | None:
    """Return the shape at a path; None where the path enters JSON inside a string."""
    for part in path:
        match shape:
            case StructureShape():
                shape = shape.members[part]
            case ListShape() if part == "*":
                shape = shape.member
            case MapShape() if part == "*":
                shape = shape.value
            case _:
                return None
    return shape


def shape_of(operation: str) -> StructureShape:
    service, _, name = operation.partition(":")
    shape = service_model(service).operation_model(name).input_shape
    assert shape is not None
    return shape


def values_at(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, str) and path:
        value = json.loads(value)
    if not path:
        return [value]
    if path[0] == "*":
        elements = value.values() if isinstance(value, dict) else value
        return [found for element in elements for found in values_at(element, path[1:])]
    return values_at(value[path[0]], path[1:])


def complaints(operation: str, request: dict[str, Any]) -> str:
    return str(ParamValidator().validate(request, shape_of(operation)).generate_report())


def members_of(rows: dict[str, Any]) -> set[str]:
    return {f"{operation} {'.'.join(key['path'])}" for operation, row in rows.items() for key in row["keys"]}


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return hand-kept tables that a test may change before the generator reads them."""
    tables = {name: copy.deepcopy(hand_table(name)) for name in ("operations.yaml", "key_kinds.yaml")}
    monkeypatch.setattr(operations, "hand_table", tables.__getitem__)
    return tables


def test_the_catalogue_has_every_operation_and_key_member_of_the_installed_botocore() -> None:
    tables = operations.Tables()
    tables.read()
    assert sorted(members_of(tables.rows) - members_of(ROWS)) == [], "new members: run `make generate`"
    assert sorted(members_of(ROWS) - members_of(tables.rows)) == [], "members that are gone: run `make generate`"
    assert tables.rows == ROWS
    assert tables.key_kinds == KINDS
    assert tables.request_members == REQUEST_MEMBERS


def test_the_files_are_byte_for_byte_what_is_generated() -> None:
    for path, content in operations.generate(ROOT).items():
        assert (ROOT / path).read_bytes() == content, path


def test_check_fails_where_a_file_is_stale_and_writing_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(operations.generate, [], tmp_path) == 0
    assert main(operations.generate, ["--check"], tmp_path) == 0
    (tmp_path / OPERATIONS).write_text("{}\n", encoding="utf-8")
    assert main(operations.generate, ["--check"], tmp_path) == 1
    assert OPERATIONS in capsys.readouterr().err
    assert main(operations.generate, [], tmp_path) == 0
    assert json.loads((tmp_path / OPERATIONS).read_bytes()) == ROWS


@pytest.mark.parametrize("operation", ROWS)
def test_every_path_leads_to_a_member_of_the_request(operation: str) -> None:
    documents = ROWS[operation]["json_strings"]
    for path in paths_of(ROWS[operation]):
        inside = any(path[: len(document)] == document and path != document for document in documents)
        assert (resolve(shape_of(operation), path) is None) == inside, path


@pytest.mark.parametrize("operation", ROWS)
def test_botocore_accepts_the_minimal_request(operation: str) -> None:
    request = minimal_request(operation)
    assert complaints(operation, request) == ""
    assert set(REQUEST_MEMBERS[operation]["required"]) <= set(request) <= set(REQUEST_MEMBERS[operation]["members"])


@pytest.mark.parametrize(("operation", "key"), KEYS, ids=KEY_IDS)
def test_botocore_accepts_every_form_that_a_key_member_takes(operation: str, key: dict[str, Any]) -> None:
    shape = resolve(shape_of(operation), key["path"])
    for form in key["forms"]:
        request = with_key(operation, minimal_request(operation), key["path"], KEY_FORMS[form])
        assert complaints(operation, request) == ""
        assert values_at(request, key["path"]) == [KEY_FORMS[form]]
        assert shape is None or re.fullmatch(shape.metadata.get("pattern", ".*"), KEY_FORMS[form])
    assert key["forms"]
    assert set(key["documented"]) <= set(key["forms"]) <= set(KEY_FORMS)


@pytest.mark.parametrize(("operation", "key"), KEYS, ids=KEY_IDS)
def test_what_is_stated_of_a_key_has_its_source(operation: str, key: dict[str, Any]) -> None:
    kinds = KINDS[operation][".".join(key["path"])]
    assert kinds.keys() - {"requirements", "sources"} == kinds["sources"].keys()
    narrowed = key["forms"] != list(KEY_FORMS) or key["documented"] != key["forms"]
    assert not narrowed or key["sources"]["forms"]
    assert ("local_storage" in key["sources"]) == (key.get("local_storage", "not_stated") != "not_stated")


def test_operations_that_only_read_are_not_in_the_catalogue() -> None:
    verbs = {re.match("[A-Z][a-z]+", row["operation"])[0] for row in ROWS.values()}  # type: ignore[index] # no match fails the test
    assert verbs == {"Create", "Update", "Start", "Set", "Invoke"}


def test_the_key_of_a_reinforcement_learning_job_stands_in_its_job_document() -> None:
    assert ROWS["sagemaker:CreateJob"] == {
        "service": "sagemaker",
        "operation": "CreateJob",
        "system": "sagemaker_mtrl",
        "name": ["JobName"],
        "role": [["RoleArn"]],
        "tags": ["Tags"],
        "json_strings": [["JobConfigDocument"]],
        "keys": [
            {
                "path": ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"],
                "use": "output",
                "forms": ["key_arn"],
                "documented": ["key_arn"],
                "sources": {
                    "forms": "specify the key ARN in the KmsKeyArn field of the OutputDataConfig in your CreateJob"
                    " request (https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html)"
                },
            }
        ],
        "instance_types": [],
        "s3": [
            {
                "path": ["JobConfigDocument", "InputDataConfig", "*", "DataSource", "S3DataSource", "S3Uri"],
                "use": "input",
            },
            {"path": ["JobConfigDocument", "OutputDataConfig", "S3OutputPath"], "use": "output"},
        ],
        "models": [],
    }


def key_of(operation: str, path: str) -> dict[str, Any]:
    return next(key for key in ROWS[operation]["keys"] if ".".join(key["path"]) == path)


@pytest.mark.parametrize(
    ("operation", "path", "forms"),
    [
        ("sagemaker:CreateTrainingJob", "OutputDataConfig.KmsKeyId", ["key_id", "key_arn", "alias", "alias_arn"]),
        ("sagemaker:CreateTrainingJob", "ResourceConfig.VolumeKmsKeyId", ["key_id", "key_arn"]),
        (
            "sagemaker:CreateTransformJob",
            "TransformResources.VolumeKmsKeyId",
            ["key_id", "key_arn", "alias", "alias_arn"],
        ),
        (
            "sagemaker:CreateLabelingJob",
            "LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId",
            ["key_id", "key_arn"],
        ),
        ("sagemaker:CreateTrainingSession", "OutputConfig.S3Location.KmsKeyArn", ["key_arn"]),
        ("bedrock:CreateModelImportJob", "importedModelKmsKeyId", ["key_id", "key_arn", "alias", "alias_arn"]),
        ("bedrock:CreateCustomModel", "modelKmsKeyArn", ["key_arn"]),
        (
            "bedrock-runtime:StartAsyncInvoke",
            "outputDataConfig.s3OutputDataConfig.kmsKeyId",
            ["key_arn", "alias_arn"],
        ),
        (
            "bedrock-data-automation:CreateBlueprint",
            "encryptionConfiguration.kmsKeyId",
            ["key_id", "key_arn", "alias", "alias_arn"],
        ),
    ],
)
def test_a_key_member_accepts_the_forms_that_its_text_or_pattern_states(
    operation: str, path: str, forms: list[str]
) -> None:
    assert key_of(operation, path)["forms"] == forms


@pytest.mark.parametrize(
    ("operation", "path", "types", "local_storage"),
    [
        (
            "sagemaker:CreateTrainingJob",
            "ResourceConfig.VolumeKmsKeyId",
            ["InstanceGroups.*.InstanceType", "InstancePreferences.*.InstanceType", "InstanceType"],
            "refused",
        ),
        (
            "sagemaker:CreateHyperParameterTuningJob",
            "TrainingJobDefinitions.*.HyperParameterTuningResourceConfig.VolumeKmsKeyId",
            ["InstanceConfigs.*.InstanceType", "InstanceType"],
            "refused",
        ),
        (
            "sagemaker:CreateProcessingJob",
            "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
            ["InstancePreferences.*.InstanceType", "InstanceType"],
            "refused",
        ),
        ("sagemaker:CreateTransformJob", "TransformResources.VolumeKmsKeyId", ["InstanceType"], "refused"),
        ("sagemaker:CreateNotebookInstance", "KmsKeyId", ["InstanceType"], "ineffective"),
        (
            "sagemaker:CreateEndpointConfig",
            "KmsKeyId",
            [
                "ProductionVariants.*.InstancePools.*.InstanceType",
                "ProductionVariants.*.InstanceType",
                "ShadowProductionVariants.*.InstancePools.*.InstanceType",
                "ShadowProductionVariants.*.InstanceType",
            ],
            "ineffective",
        ),
        (
            "sagemaker:CreateLabelingJob",
            "LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId",
            [],
            "not_stated",
        ),
        ("sagemaker:CreateDomain", "KmsKeyId", [], "not_stated"),
    ],
)
def test_a_volume_key_governs_the_instance_types_of_its_own_resource(
    operation: str, path: str, types: list[str], local_storage: str
) -> None:
    key = key_of(operation, path)
    resource = key["path"][:-1]
    assert key["instance_types"] == [[*resource, *inner.split(".")] for inner in types]
    assert key["local_storage"] == local_storage


def test_an_instance_group_of_a_cluster_has_its_own_volumes() -> None:
    path = "RestrictedInstanceGroups.*.InstanceStorageConfigs.*.EbsVolumeConfig.VolumeKmsKeyId"
    assert key_of("sagemaker:CreateCluster", path)["instance_types"] == [
        ["RestrictedInstanceGroups", "*", "InstanceType"]
    ]


def test_serverless_compute_is_switched_by_a_member_beside_the_volume() -> None:
    assert key_of("sagemaker:CreateTrainingJob", "ResourceConfig.VolumeKmsKeyId")["serverless"] == [
        ["ServerlessJobConfig"]
    ]
    assert key_of("sagemaker:CreateEndpointConfig", "KmsKeyId")["serverless"] == [
        ["ProductionVariants", "*", "ServerlessConfig"],
        ["ShadowProductionVariants", "*", "ServerlessConfig"],
    ]


def test_operations_that_run_on_a_model_name_it() -> None:
    models = {operation: row["models"] for operation, row in ROWS.items() if row["models"]}
    assert models == {
        "bedrock:CreateModelCopyJob": [["sourceModelArn"]],
        "bedrock:CreateProvisionedModelThroughput": [["modelId"]],
    }
    assert ROWS["bedrock:CreateProvisionedModelThroughput"]["keys"] == []


def test_a_customization_job_reads_and_writes_s3_without_a_key_of_its_own() -> None:
    row = ROWS["bedrock:CreateModelCustomizationJob"]
    assert [key["use"] for key in row["keys"]] == ["model"]
    assert {(".".join(s3["path"]), s3["use"]) for s3 in row["s3"]} == {
        ("outputDataConfig.s3Uri", "output"),
        ("trainingDataConfig.invocationLogsConfig.invocationLogSource.s3Uri", "input"),
        ("trainingDataConfig.s3Uri", "input"),
        ("validationDataConfig.validators.*.s3Uri", "input"),
    }


def test_a_role_that_runs_something_else_is_no_role_of_the_operation() -> None:
    assert ROWS["sagemaker:CreateProcessingJob"]["role"] == [["RoleArn"]]
    assert ROWS["sagemaker:CreateAutoMLJobV2"]["role"] == [["RoleArn"]]


def test_a_signing_key_is_asymmetric_and_every_other_key_that_a_line_speaks_of_symmetric() -> None:
    for operation, key in KEYS:
        stated = KINDS[operation][".".join(key["path"])].get("symmetric", "required")
        assert (stated == "asymmetric_required") == (key["use"] == "signing"), operation


def test_only_what_aws_states_is_asked_of_a_training_volume() -> None:
    kinds = KINDS["sagemaker:CreateTrainingJob"]["ResourceConfig.VolumeKmsKeyId"]
    assert kinds.keys() - {"sources"} == {"enabled", "symmetric", "requirements"}


@pytest.mark.parametrize(
    ("operation", "path", "stated", "requirements"),
    [
        (
            "sagemaker:CreateJob",
            "JobConfigDocument.OutputDataConfig.KmsKeyArn",
            {"symmetric", "customer_managed", "enabled", "same_region", "single_region"},
            ["MTRL-03", "MTRL-04", "MTRL-05", "MTRL-06"],
        ),
        (
            "bedrock:CreateModelCopyJob",
            "modelKmsKeyId",
            {"symmetric", "customer_managed", "enabled"},
            ["BCUST-02"],
        ),
        (
            "bedrock:CreateEvaluationJob",
            "customerEncryptionKeyId",
            {"symmetric", "customer_managed", "enabled"},
            ["BEVAL-01"],
        ),
        (
            "sagemaker:CreateLabelingJob",
            "OutputConfig.KmsKeyId",
            {"symmetric", "customer_managed", "enabled"},
            ["LABEL-01"],
        ),
        (
            "bedrock-agentcore-control:CreateEvaluator",
            "kmsKeyArn",
            {"symmetric", "customer_managed", "enabled"},
            [],
        ),
        ("bedrock:CreateGuardrail", "kmsKeyId", {"enabled"}, []),
    ],
)
def test_the_documents_state_what_kind_of_key_a_member_takes(
    operation: str, path: str, stated: set[str], requirements: list[str]
) -> None:
    kinds = KINDS[operation][path]
    assert {column for column, value in kinds.items() if value == "required"} == stated
    assert kinds["requirements"] == requirements


def test_a_pattern_that_refuses_multi_region_keys_states_so() -> None:
    refused = {operation for operation, rows in KINDS.items() for kinds in rows.values() if "single_region" in kinds}
    assert refused == {"sagemaker:CreateJob", "bedrock-agentcore-control:CreateCapacityProvider"}
    volume = key_of(
        "bedrock-agentcore-control:CreateCapacityProvider", "computeConfiguration.ec2Configuration.rootVolume.kmsKeyId"
    )
    shape = resolve(shape_of("bedrock-agentcore-control:CreateCapacityProvider"), volume["path"])
    assert shape is not None
    assert not re.fullmatch(shape.metadata["pattern"], MULTI_REGION_KEY_ARN)


@pytest.mark.parametrize(
    ("pattern", "forms"),
    [
        ("", []),
        ("[a-zA-Z0-9:/_-]*", []),
        ("arn:aws:kms:.+:key/.+", ["key_arn"]),
        ("arn:.+", ["key_arn", "alias_arn"]),
        ("[a-f0-9-]{36}|alias/.+", ["key_id", "alias"]),
    ],
)
def test_a_pattern_that_accepts_anything_tells_no_forms(pattern: str, forms: list[str]) -> None:
    assert forms_by_pattern(pattern) == forms


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("CreateAutoMLJobV2", ["automljob", "mljob", "job", ""]),
        ("UpdateDomain", ["domain", ""]),
    ],
)
def test_a_resource_is_named_by_its_operation(operation: str, names: list[str]) -> None:
    assert operations.resource_names(operation) == names


def test_a_shape_inside_itself_is_entered_once() -> None:
    model = ServiceModel(
        {
            "metadata": {},
            "operations": {},
            "shapes": {
                "Node": {"type": "structure", "members": {"Key": {"shape": "Key"}, "Next": {"shape": "Nodes"}}},
                "Nodes": {"type": "list", "member": {"shape": "Node"}},
                "Key": {"type": "string"},
            },
        }
    )
    node = model.shape_for("Node")
    assert isinstance(node, StructureShape)
    paths = [member.path for member in operations.request_members("example", node)]
    assert paths == [("Key",), ("Next",), ("Next", "*")]


def test_generation_names_a_key_member_that_no_line_speaks_of(hand: dict[str, Any]) -> None:
    del hand["operations.yaml"]["keys"]["bedrock"]["CreateGuardrailRequest.kmsKeyId"]
    with pytest.raises(GenerationError, match=r"no line for bedrock CreateGuardrailRequest\.kmsKeyId"):
        operations.generate(ROOT)


def test_generation_names_lines_that_nothing_in_the_models_answers_to(hand: dict[str, Any]) -> None:
    hand["operations.yaml"]["keys"]["bedrock"]["Gone.kmsKeyId"] = {"use": "output"}
    hand["operations.yaml"]["systems"]["bedrock_evaluation"].append("bedrock:CreateNothing")
    hand["key_kinds.yaml"][1]["uses"].append("nothing")
    with pytest.raises(GenerationError) as error:
        operations.generate(ROOT)
    assert str(error.value).splitlines() == [
        "key_kinds.yaml: no key is nothing",
        "keys: bedrock Gone.kmsKeyId is in no request any more",
        "operations.yaml: bedrock:CreateNothing is in no service model",
    ]


def test_generation_names_quotations_that_a_text_no_longer_has(hand: dict[str, Any]) -> None:
    hand["operations.yaml"]["keys"]["sagemaker"]["OutputDataConfig.KmsKeyId"]["says"] = "Any form will do"
    hand["key_kinds.yaml"][1]["says"] = "Amazon S3 supports every key"
    with pytest.raises(GenerationError) as error:
        operations.generate(ROOT)
    assert str(error.value).splitlines() == [
        "the text of s3 ServerSideEncryptionByDefault.KMSMasterKeyID no longer says: Amazon S3 supports every key",
        "the text of sagemaker OutputDataConfig.KmsKeyId no longer says: Any form will do",
    ]


def test_generation_names_forms_that_the_model_refuses(hand: dict[str, Any]) -> None:
    hand["operations.yaml"]["keys"]["bedrock"]["CreateCustomModelRequest.modelKmsKeyArn"]["forms"] = ["alias"]
    with pytest.raises(GenerationError, match=r"CreateCustomModelRequest\.modelKmsKeyArn names a key form"):
        operations.generate(ROOT)


def test_generation_names_operations_whose_name_or_tags_cannot_be_told(hand: dict[str, Any]) -> None:
    del hand["operations.yaml"]["names"]["bedrock-runtime:StartAsyncInvoke"]
    del hand["operations.yaml"]["tags"]["bedrock:CreateEvaluationJob"]
    with pytest.raises(GenerationError) as error:
        operations.generate(ROOT)
    assert str(error.value).splitlines() == [
        "operations.yaml: no line in names for bedrock-runtime:StartAsyncInvoke",
        "operations.yaml: no line in tags for bedrock:CreateEvaluationJob",
    ]
