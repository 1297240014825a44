"""Every operation in the catalogue: a good key is allowed at each of its members, and each wrong one is denied."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.engine_fixtures import ROOT, embedded_engine, input_document, reported
from tests.generate.requests_builder import minimal_request, with_key

from sealgate import decisions
from sealgate.generate.instance_storage import family_of, instance_types
from sealgate.generate.operations import KEY_FORMS, KEY_KINDS, OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.decisions import Decision
    from sealgate.engines import Engine

Json: TypeAlias = dict[str, Any]
Decide: TypeAlias = "Callable[..., Decision]"

ROWS: dict[str, Json] = json.loads((ROOT / OPERATIONS).read_bytes())
KINDS: dict[str, dict[str, Json]] = json.loads((ROOT / KEY_KINDS).read_bytes())

MEMBERS = [(operation, key) for operation, row in ROWS.items() for key in row["keys"]]
EVERY_MEMBER = pytest.mark.parametrize(
    ("operation", "key"), MEMBERS, ids=[f"{operation} {'.'.join(key['path'])}" for operation, key in MEMBERS]
)

KEY = KEY_FORMS["key_arn"]
KEY_OF_ANOTHER_ACCOUNT = KEY.replace("111122223333", "444455556666")
MULTI_REGION_KEY = "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
NO_FORM_OF_A_KEY = [
    "",
    " ",
    "my-key",
    "alias/",
    "1234abcd-12ab-34cd-56ef-1234567890a",
    f" {KEY}",
    KEY.replace("111122223333", "1111"),
    KEY.replace(":kms:", ":s3:"),
    "arn:aws:s3:::my-bucket",
    "arn:aws:iam::111122223333:role/ExampleRole",
]
NO_TEXT: list[Any] = [None, False, 7, [KEY], {"Arn": KEY}]

SIGNING = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
ENCRYPTING = {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}

# What this file is about; whether policies allow the calls of a job is not.
AREAS = {"KEY", "MTRL", "LABEL", "BEDROCK", "EVAL", "STORE", "ORG"}


def kind_of(operation: str, key: Json) -> Json:
    return KINDS[operation][".".join(key["path"])]


def good_key(operation: str, key: Json) -> Json:
    """Return what DescribeKey says of a key that the member takes."""
    asymmetric = kind_of(operation, key).get("symmetric") == "asymmetric_required"
    return {"KeyManager": "CUSTOMER", "KeyState": "Enabled", "MultiRegion": False} | (
        SIGNING if asymmetric else ENCRYPTING
    )


def context_of(described: Json) -> Json:
    """Return a context in which every key of these tests is as described, and nothing else is missing."""
    keys = [KEY, KEY_OF_ANOTHER_ACCOUNT, MULTI_REGION_KEY]
    alias = KEY_FORMS["alias"]
    model = minimal_request("bedrock:CreateModelCopyJob")["sourceModelArn"]
    return {
        "partition": "aws",
        "region": "us-west-2",
        "account": "111122223333",
        "keys": {arn: {"metadata": {"Arn": arn, **described}} for arn in keys},
        "aliases": {alias: KEY, KEY_FORMS["alias_arn"]: KEY},
        "models": {model: {"kms_key_arn": None}},
        "buckets": {"amzn-s3-demo-destination-bucket": {"location": {"LocationConstraint": "us-west-2"}}},
    }


def places(value: Any, path: list[str], before: tuple[str | int, ...] = ()) -> Iterator[list[str | int]]:
    """Yield where a path of the catalogue leads in a request: `*` as the positions or names that are there."""
    if not path:
        yield list(before)
    elif isinstance(value, str):
        yield from places(json.loads(value), path, before)
    elif path[0] == "*":
        for step in range(len(value)) if isinstance(value, list) else value:
            yield from places(value[step], path[1:], (*before, step))
    else:
        yield from places(value[path[0]], path[1:], (*before, path[0]))


def member_of(place: list[str | int]) -> str:
    """Return a place as a person writes it: in a job document from the document's root."""
    return ".".join(str(step) for step in place if step != "JobConfigDocument")


def findings_at(decision: Decision, path: list[str | int]) -> list[str]:
    """Return the messages of what denies at a place."""
    return [
        finding["message"]
        for finding in decision["findings"]
        if finding["path"] == path and finding["enforcement"] == "deny"
    ]


def judged(decision: Decision) -> dict[str, str]:
    """Return what the rules that this file is about report, without their notes."""
    return {
        rule: outcome
        for rule, outcome in reported(decision).items()
        if outcome != "note" and rule.split("-")[1] in AREAS
    }


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


@pytest.fixture
def decide(engine: Engine) -> Decide:
    def decide(operation: str, parameters: Json, context: Json, settings: Json | None = None) -> Decision:
        service, _, name = operation.partition(":")
        request = {"service": service, "operation": name, "parameters": parameters}
        document = {"subject": {"aws_request": request}, "context": context, "settings": settings or {}}
        return decisions.decide(engine, input_document(document))

    return decide


@pytest.fixture
def decide_key(decide: Decide) -> Decide:
    """Return a decider on a generated request with one key, which is good but for some of what is said of it."""

    def decide_key(operation: str, key: Json, value: Any = KEY, **described: Any) -> Decision:
        request = with_key(operation, minimal_request(operation), key["path"], value)
        return decide(operation, request, context_of(good_key(operation, key) | described))

    return decide_key


@pytest.mark.parametrize("operation", ROWS)
def test_request_without_a_key_is_allowed(operation: str, decide: Decide) -> None:
    decision = decide(operation, minimal_request(operation), context_of({}))
    assert judged(decision) == {}
    assert decision["allowed"]


@EVERY_MEMBER
def test_good_key_is_allowed_in_every_form_that_its_member_takes(operation: str, key: Json, decide_key: Decide) -> None:
    for form in key["forms"]:
        decision = decide_key(operation, key, KEY_FORMS[form])
        assert judged(decision) == ({} if form in key["documented"] else {"SG-KEY-005": "advice"}), form
        assert decision["allowed"]


@EVERY_MEMBER
def test_key_in_another_form_is_denied_by_a_message_that_names_the_member(
    operation: str, key: Json, decide_key: Decide
) -> None:
    wrong: list[Any] = [sample for form, sample in KEY_FORMS.items() if form not in key["forms"]]
    for value in [*wrong, *NO_FORM_OF_A_KEY, *NO_TEXT]:
        request = with_key(operation, minimal_request(operation), key["path"], value)
        decision = decide_key(operation, key, value)
        assert not decision["allowed"]
        concrete = list(places(request, key["path"]))
        assert concrete
        for place in concrete:
            messages = findings_at(decision, place)
            assert any(member_of(place) in message for message in messages), (value, messages)


@EVERY_MEMBER
def test_key_that_can_not_be_used_is_denied(operation: str, key: Json, decide_key: Decide) -> None:
    for state in ("Disabled", "PendingDeletion", "Unavailable"):
        decision = decide_key(operation, key, KeyState=state)
        assert set(judged(decision).values()) == {"violation"}
        assert not decision["allowed"]


@EVERY_MEMBER
def test_aws_managed_key_is_denied_only_where_aws_states_that_the_key_is_customer_managed(
    operation: str, key: Json, decide_key: Decide
) -> None:
    stated = kind_of(operation, key).get("customer_managed") == "required"
    decided = [decide_key(operation, key, KeyManager="AWS")]
    if "alias" in key["forms"]:
        decided.append(decide_key(operation, key, "alias/aws/s3"))
    for decision in decided:
        assert decision["allowed"] == (not stated)
        assert ("violation" in judged(decision).values()) == stated


@EVERY_MEMBER
def test_multi_region_key_is_denied_only_where_aws_states_it(operation: str, key: Json, decide_key: Decide) -> None:
    stated = kind_of(operation, key).get("single_region") == "required"
    decision = decide_key(operation, key, MULTI_REGION_KEY, MultiRegion=True)
    assert decision["allowed"] == (not stated)
    assert ("violation" in judged(decision).values()) == stated


@EVERY_MEMBER
def test_key_of_another_spec_is_denied_only_where_aws_states_the_spec(
    operation: str, key: Json, decide_key: Decide
) -> None:
    stated = kind_of(operation, key).get("symmetric")
    allowed = {"required": [ENCRYPTING], "asymmetric_required": [SIGNING], None: [ENCRYPTING, SIGNING]}
    for spec in (ENCRYPTING, SIGNING):
        decision = decide_key(operation, key, **spec)
        assert decision["allowed"] == (spec in allowed[stated])
        assert ("violation" in judged(decision).values()) == (spec not in allowed[stated])


@EVERY_MEMBER
def test_key_of_another_account_is_never_a_violation(operation: str, key: Json, decide_key: Decide) -> None:
    decision = decide_key(operation, key, KEY_OF_ANOTHER_ACCOUNT)
    assert judged(decision) == {}
    assert decision["allowed"]


# --- Volumes and local storage

REFUSING = {
    "sagemaker:CreateTrainingJob": ["ResourceConfig"],
    "sagemaker:CreateProcessingJob": ["ProcessingResources", "ClusterConfig"],
    "sagemaker:CreateTransformJob": ["TransformResources"],
}
TAKEN_FOR_EBS_ONLY_ELSEWHERE = ["g7", "g7e", "gr6", "i3en", "p6-b200", "p6-b300", "trn2"]
NEWER = "ml.z99.xlarge"
CONTEXT = context_of({"KeyManager": "CUSTOMER", "KeyState": "Enabled", "MultiRegion": False, **ENCRYPTING})


def on_cluster(operation: str, cluster: Json) -> Json:
    """Return a request of an operation in REFUSING, with its cluster changed and its volume key given."""
    request = with_key(operation, minimal_request(operation), [*REFUSING[operation], "VolumeKmsKeyId"], KEY)
    holder = request
    for name in REFUSING[operation]:
        holder = holder[name]
    holder.pop("InstanceType", None)
    holder.update(cluster)
    return request


def definition(**resources: Any) -> Json:
    return {"RoleArn": "arn:aws:iam::111122223333:role/ExampleRole", "OutputDataConfig": {}, **resources}


@pytest.mark.parametrize("family", TAKEN_FOR_EBS_ONLY_ELSEWHERE)
@pytest.mark.parametrize("operation", REFUSING)
def test_volume_key_is_denied_on_families_that_other_tools_take_for_ebs_only(
    operation: str, family: str, decide: Decide
) -> None:
    types = [name for name in instance_types() if family_of(name) == family]
    assert types
    for name in types:
        decision = decide(operation, on_cluster(operation, {"InstanceType": name}), CONTEXT)
        assert judged(decision) == {"SG-STORE-002": "violation"}
        assert name in decision["findings"][0]["message"]
        assert not decision["allowed"]


@pytest.mark.parametrize("operation", REFUSING)
def test_local_storage_without_a_volume_key_is_allowed(operation: str, decide: Decide) -> None:
    request = minimal_request(operation)
    *holders, last = REFUSING[operation]
    holder = request
    for name in holders:
        holder = holder[name]
    holder[last] = holder.get(last, {}) | {"InstanceType": "ml.g5.xlarge"}
    decision = decide(operation, request, CONTEXT)
    assert judged(decision) == {}
    assert decision["allowed"]


@pytest.mark.parametrize("operation", REFUSING)
def test_unfamiliar_family_is_unverified(operation: str, decide: Decide) -> None:
    decision = decide(operation, on_cluster(operation, {"InstanceType": NEWER}), CONTEXT)
    assert judged(decision) == {"SG-STORE-002": "unverified"}
    assert decision["allowed"]


@pytest.mark.parametrize("operation", ["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"])
def test_every_instance_type_that_a_job_may_get_counts(operation: str, decide: Decide) -> None:
    lists = ["InstancePreferences"] + ["InstanceGroups"] * (operation == "sagemaker:CreateTrainingJob")
    for name in lists:
        for types, expected in [
            (["ml.m5.xlarge", "ml.c5.xlarge"], {}),
            (["ml.m5.xlarge", "ml.g5.xlarge"], {"SG-STORE-002": "violation"}),
            (["ml.m5.xlarge", NEWER], {"SG-STORE-002": "unverified"}),
            ([NEWER, "ml.g5.xlarge"], {"SG-STORE-002": "violation"}),
        ]:
            cluster = {name: [{"InstanceType": one} for one in types]}
            assert judged(decide(operation, on_cluster(operation, cluster), CONTEXT)) == expected


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (
            {
                "TrainingJobDefinition": definition(
                    ResourceConfig={"InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": KEY}
                )
            },
            ["TrainingJobDefinition", "ResourceConfig", "VolumeKmsKeyId"],
        ),
        (
            {
                "TrainingJobDefinitions": [
                    definition(ResourceConfig={"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": KEY}),
                    definition(ResourceConfig={"InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": KEY}),
                ]
            },
            ["TrainingJobDefinitions", 1, "ResourceConfig", "VolumeKmsKeyId"],
        ),
        (
            {
                "TrainingJobDefinitions": [
                    definition(
                        ResourceConfig={
                            "InstanceGroups": [{"InstanceType": "ml.m5.xlarge"}, {"InstanceType": "ml.trn2.48xlarge"}],
                            "VolumeKmsKeyId": KEY,
                        }
                    )
                ]
            },
            ["TrainingJobDefinitions", 0, "ResourceConfig", "VolumeKmsKeyId"],
        ),
        (
            {
                "TrainingJobDefinition": definition(
                    HyperParameterTuningResourceConfig={"InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": KEY}
                )
            },
            ["TrainingJobDefinition", "HyperParameterTuningResourceConfig", "VolumeKmsKeyId"],
        ),
        (
            {
                "TrainingJobDefinitions": [
                    definition(
                        HyperParameterTuningResourceConfig={
                            "InstanceConfigs": [{"InstanceType": "ml.m5.xlarge"}, {"InstanceType": "ml.g5.xlarge"}],
                            "VolumeKmsKeyId": KEY,
                        }
                    )
                ]
            },
            ["TrainingJobDefinitions", 0, "HyperParameterTuningResourceConfig", "VolumeKmsKeyId"],
        ),
    ],
    ids=[
        "the definition",
        "one of the definitions",
        "an instance group",
        "flexible instances",
        "one flexible instance",
    ],
)
def test_every_definition_of_a_tuning_job_counts(bad: Json, place: list[str | int], decide: Decide) -> None:
    decision = decide("sagemaker:CreateHyperParameterTuningJob", bad, CONTEXT)
    assert judged(decision) == {"SG-STORE-002": "violation"}
    assert [finding["path"] for finding in decision["findings"] if finding["rule"] == "SG-STORE-002"] == [place]
    good = json.loads(
        json.dumps(bad).replace("ml.g5.xlarge", "ml.c5.xlarge").replace("ml.trn2.48xlarge", "ml.c5.xlarge")
    )
    assert judged(decide("sagemaker:CreateHyperParameterTuningJob", good, CONTEXT)) == {}


@pytest.mark.parametrize(
    ("operation", "path"),
    [("sagemaker:CreateEndpointConfig", ["KmsKeyId"]), ("sagemaker:CreateNotebookInstance", ["KmsKeyId"])],
)
def test_key_that_local_storage_is_not_under_is_a_warning(operation: str, path: list[str], decide: Decide) -> None:
    request = with_key(operation, minimal_request(operation), path, KEY)
    holder = request["ProductionVariants"][0] if "ProductionVariants" in request else request
    for name, expected in [
        ("ml.m5.xlarge", {}),
        ("ml.g5.xlarge", {"SG-STORE-003": "violation"}),
        (NEWER, {"SG-STORE-003": "unverified"}),
    ]:
        holder["InstanceType"] = name
        decision = decide(operation, request, CONTEXT)
        assert judged(decision) == expected
        assert {finding["enforcement"] for finding in decision["findings"]} <= {"warn"}
        assert decision["allowed"]


def test_every_variant_of_an_endpoint_counts(decide: Decide) -> None:
    pooled = {"InstancePools": [{"InstanceType": "ml.m5.xlarge"}, {"InstanceType": "ml.g5.xlarge"}]}
    variants = [{"InstanceType": "ml.m5.xlarge"}, {"InstanceType": "ml.g5.xlarge"}, pooled]
    for variant, kind in [
        (one, kind) for one in variants for kind in ("ProductionVariants", "ShadowProductionVariants")
    ]:
        request = minimal_request("sagemaker:CreateEndpointConfig") | {"KmsKeyId": KEY}
        request[kind] = [{"InstanceType": "ml.m5.xlarge"}, variant]
        expected = {"SG-STORE-003": "violation"} if "ml.g5.xlarge" in str(variant) else {}
        assert judged(decide("sagemaker:CreateEndpointConfig", request, CONTEXT)) == expected


DEMAND: Json = {"require_customer_key": [{"uses": ["volume"]}]}
SERVERLESS_VARIANT = {"VariantName": "one", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}


@pytest.mark.parametrize(
    ("operation", "change", "expected"),
    [
        ("sagemaker:CreateTrainingJob", {"ResourceConfig": {"InstanceType": "ml.m5.xlarge"}}, "violation"),
        ("sagemaker:CreateTrainingJob", {"ResourceConfig": {"InstanceType": "ml.g5.xlarge"}}, None),
        ("sagemaker:CreateTrainingJob", {"ResourceConfig": {"InstanceType": NEWER}}, "unverified"),
        (
            "sagemaker:CreateTrainingJob",
            {
                "ResourceConfig": {
                    "InstanceGroups": [{"InstanceType": "ml.m5.xlarge"}, {"InstanceType": "ml.g5.xlarge"}]
                }
            },
            None,
        ),
        ("sagemaker:CreateTrainingJob", {"ServerlessJobConfig": {"JobType": "FineTuning"}}, None),
        ("sagemaker:CreateEndpointConfig", {"ProductionVariants": [SERVERLESS_VARIANT]}, None),
        (
            "sagemaker:CreateEndpointConfig",
            {"ProductionVariants": [SERVERLESS_VARIANT, {"InstanceType": "ml.m5.xlarge"}]},
            "violation",
        ),
        ("sagemaker:CreateEndpointConfig", {"ProductionVariants": [{"InstanceType": "ml.g5.xlarge"}]}, None),
        (
            "sagemaker:CreateEndpointConfig",
            {"ProductionVariants": [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.m5.xlarge"}]},
            "violation",
        ),
        (
            "sagemaker:CreateHyperParameterTuningJob",
            {
                "TrainingJobDefinition": definition(
                    HyperParameterTuningResourceConfig={"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": KEY}
                )
            },
            None,
        ),
        (
            "sagemaker:CreateHyperParameterTuningJob",
            {"TrainingJobDefinitions": [definition(ResourceConfig={"InstanceType": "ml.m5.xlarge"})]},
            "violation",
        ),
        ("sagemaker:CreateAutoMLJob", {}, "violation"),
        ("sagemaker:CreateLabelingJob", {}, None),
    ],
)
def test_organisation_that_demands_volume_keys_is_not_contradicted_by_what_aws_refuses(
    operation: str, change: Json, expected: str | None, decide: Decide
) -> None:
    decision = decide(operation, minimal_request(operation) | copy.deepcopy(change), CONTEXT, DEMAND)
    assert judged(decision) == ({"SG-ORG-001": expected} if expected else {})
    assert decision["allowed"] == (expected != "violation")
