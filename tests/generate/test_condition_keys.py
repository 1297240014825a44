from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sealgate.generate import condition_keys
from sealgate.generate.condition_keys import OUTPUT, pattern_of
from sealgate.generate.outputs import GenerationError, main

ROOT = Path(__file__).parents[2]
TABLE: dict[str, Any] = json.loads((ROOT / OUTPUT).read_bytes())


def test_the_file_is_byte_for_byte_what_is_generated() -> None:
    assert condition_keys.generate(ROOT) == {OUTPUT: (ROOT / OUTPUT).read_bytes()}


def test_check_fails_where_the_file_is_stale(tmp_path: Path) -> None:
    assert main(condition_keys.generate, ["--check"], tmp_path) == 1
    assert main(condition_keys.generate, [], tmp_path) == 0
    assert main(condition_keys.generate, ["--check"], tmp_path) == 0


@pytest.mark.parametrize(
    ("key", "actions_with", "actions_without"),
    [
        ("kms:grantisforawsresource", {"creategrant", "listgrants", "revokegrant"}, {"describekey", "decrypt"}),
        ("kms:encryptioncontext:*", {"creategrant", "decrypt", "generatedatakey", "retiregrant"}, {"describekey"}),
        ("kms:grantoperations", {"creategrant"}, {"retiregrant", "decrypt"}),
        (
            "kms:viaservice",
            {"creategrant", "decrypt", "describekey", "encrypt", "generatedatakey"},
            {"deletecustomkeystore"},
        ),
        ("kms:requestalias", {"decrypt", "describekey", "encrypt"}, {"creategrant", "retiregrant"}),
    ],
)
def test_actions_of_kms_have_the_keys_of_its_permissions_reference(
    key: str, actions_with: set[str], actions_without: set[str]
) -> None:
    having = {action for action, keys in TABLE["actions"].items() if key in keys}
    assert {f"kms:{action}" for action in actions_with} <= having
    assert not {f"kms:{action}" for action in actions_without} & having


def test_every_action_of_kms_is_there_even_one_without_keys() -> None:
    assert len([action for action in TABLE["actions"] if action.startswith("kms:")]) >= 58
    assert TABLE["actions"]["kms:generaterandom"] != []
    assert [] in TABLE["actions"].values()


def test_every_action_has_its_name_as_aws_writes_it() -> None:
    assert TABLE["names"].keys() == TABLE["actions"].keys()
    assert TABLE["names"]["kms:creategrant"] == "kms:CreateGrant"
    assert all(name.lower() == action for action, name in TABLE["names"].items())


def test_actions_of_other_services_are_those_with_a_key_for_kms_keys() -> None:
    others = {action: keys for action, keys in TABLE["actions"].items() if not action.startswith("kms:")}
    assert others["sagemaker:createjob"] == [
        "sagemaker:outputkmskeyarn",
        "sagemaker:vpcsecuritygroupids",
        "sagemaker:vpcsubnets",
    ]
    assert "sagemaker:describejob" not in others
    assert all(any("kmskey" in key for key in keys) for keys in others.values())


def test_no_action_has_a_deprecated_key_any_more() -> None:
    assert TABLE["deprecated"]["sagemaker:outputkmskey"] == "sagemaker:OutputKmsKeyArn"
    assert TABLE["deprecated"]["sagemaker:homeefsfilesystemkmskey"] == "sagemaker:VolumeKmsKeyArn"
    listed = {key for keys in TABLE["actions"].values() for key in keys}
    assert not TABLE["deprecated"].keys() & listed
    assert {successor.lower() for successor in TABLE["deprecated"].values()} <= listed


def test_families_of_keys_are_one_pattern_and_keys_are_in_lower_case() -> None:
    assert pattern_of("kms:EncryptionContext:${EncryptionContextKey}") == "kms:encryptioncontext:*"
    assert pattern_of("kms:RecipientAttestation:PCR8:ServiceName") == "kms:recipientattestation:*"
    assert pattern_of("kms:EncryptionContextKeys") == "kms:encryptioncontextkeys"


def test_a_property_that_the_data_has_lost_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condition_keys, "KEY_PROPERTIES", ("kms:KeyColour",))
    with pytest.raises(GenerationError, match="kms:KeyColour"):
        condition_keys.generate(ROOT)


def test_key_is_absent_from_the_actions_that_do_not_have_it() -> None:
    assert TABLE["absent"]["kms:describekey"]["kms:grantisforawsresource"] == {"state": "absent"}
    assert "kms:viaservice" not in TABLE["absent"]["kms:describekey"]
    assert "kms:grantisforawsresource" not in TABLE["absent"]["kms:creategrant"]
    assert TABLE["absent"].keys() >= {"kms:decrypt", "kms:generatedatakey", "kms:encrypt", "kms:reencryptfrom"}
