from __future__ import annotations

import json
from typing import Any

from sealgate.reports import operations
from sealgate.reports.text import Page

ROWS: dict[str, Any] = {
    "sagemaker:MakeThing": {
        "service": "sagemaker",
        "system": "other",
        "keys": [
            {
                "path": ["Output", "KmsKeyId"],
                "use": "output",
                "forms": ["key_id", "key_arn", "alias", "alias_arn"],
                "documented": ["key_arn"],
                "sources": {"forms": "The ARN of a key"},
            },
            {
                "path": ["Groups", "*", "VolumeKmsKeyId"],
                "use": "volume",
                "forms": ["key_arn", "key_id"],
                "documented": ["key_arn", "key_id"],
                "sources": {},
                "local_storage": "refused",
            },
        ],
        "models": [],
    },
    "bedrock:UseModel": {
        "service": "bedrock",
        "system": "bedrock_custom_model",
        "keys": [],
        "models": [["modelId"]],
    },
}
KINDS: dict[str, Any] = {
    "sagemaker:MakeThing": {
        "Output.KmsKeyId": {"requirements": [], "sources": {}},
        "Groups.*.VolumeKmsKeyId": {
            "symmetric": "required",
            "enabled": "required",
            "requirements": ["REST-01"],
            "sources": {"symmetric": "EBS takes no other", "enabled": "KMS says so"},
        },
    }
}


def test_an_operation_is_described_with_what_aws_states_of_each_key_and_where() -> None:
    assert operations.described(ROWS, KINDS) == [
        {
            "operation": "bedrock:UseModel",
            "service": "bedrock",
            "system": "bedrock_custom_model",
            "keys": [],
            "models": ["modelId"],
        },
        {
            "operation": "sagemaker:MakeThing",
            "service": "sagemaker",
            "system": "other",
            "keys": [
                {
                    "member": "Output.KmsKeyId",
                    "use": "output",
                    "forms": ["key_id", "key_arn", "alias", "alias_arn"],
                    "documented": ["key_arn"],
                    "kind": {},
                    "sources": {"forms": "The ARN of a key"},
                },
                {
                    "member": "Groups.*.VolumeKmsKeyId",
                    "use": "volume",
                    "forms": ["key_arn", "key_id"],
                    "documented": ["key_arn", "key_id"],
                    "kind": {"symmetric": "required", "enabled": "required"},
                    "sources": {"symmetric": "EBS takes no other", "enabled": "KMS says so"},
                    "local_storage": "refused",
                },
            ],
            "models": [],
        },
    ]


def test_the_list_has_a_line_for_each_key_member() -> None:
    assert operations.listed(operations.described(ROWS, KINDS), Page()) == (
        "bedrock:UseModel\n"
        "  modelId                 names a model, whose own key must be usable\n"
        "\n"
        "sagemaker:MakeThing\n"
        "  Output.KmsKeyId         output       any form\n"
        "  Groups.*.VolumeKmsKeyId volume       key id or key ARN; symmetric, enabled; refused with local\n"
        "                                       storage\n"
        "\n"
        "any form: key id, key ARN, alias, alias ARN. After the forms stands what AWS states of the key;\n"
        "          nothing else is asked of it."
    )


def test_a_long_member_has_a_line_to_itself() -> None:
    long = ".".join(["configuration"] * 4 + ["kmsKeyId"])
    row = {**ROWS["sagemaker:MakeThing"]["keys"][0], "path": long.split(".")}
    rows = {"sagemaker:MakeThing": {**ROWS["sagemaker:MakeThing"], "keys": [row]}}
    kinds: dict[str, Any] = {"sagemaker:MakeThing": {long: {"sources": {}}}}
    lines = operations.listed(operations.described(rows, kinds), Page()).splitlines()
    assert lines[1] == f"  {long}"
    assert lines[2].split() == ["output", "any", "form"]


def test_a_signing_key_and_a_key_that_covers_no_local_storage_say_so() -> None:
    row = {
        **ROWS["sagemaker:MakeThing"]["keys"][1],
        "path": ["K"],
        "forms": ["key_arn"],
        "local_storage": "ineffective",
    }
    rows = {"sagemaker:MakeThing": {**ROWS["sagemaker:MakeThing"], "keys": [row]}}
    stated = {
        "symmetric": "asymmetric_required",
        "customer_managed": "required",
        "same_region": "required",
        "single_region": "required",
        "sources": {},
    }
    text = operations.listed(operations.described(rows, {"sagemaker:MakeThing": {"K": stated}}), Page(width=200))
    assert (
        "key ARN; asymmetric, for signing, customer managed, of the request's Region, single-Region; "
        "does not cover local storage"
    ) in text


def test_json_is_what_was_described() -> None:
    described = operations.described(ROWS, KINDS)
    assert json.loads(operations.as_json(described)) == {"operations": described}
