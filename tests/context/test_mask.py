from __future__ import annotations

import json
from typing import Any

import pytest

from sealgate.context.mask import masked

KEY_ID = "9f8e7d6c-1111-2222-3333-444455556666"
MRK = "mrk-9f8e7d6c9f8e7d6c9f8e7d6c9f8e7d6c"


def test_equal_names_stay_equal_and_different_ones_different() -> None:
    first, second, third = (
        f"arn:aws:iam::{account}:role/Data" for account in ("999988887777", "666655554444", "000011112222")
    )
    value = {"a": [first, second, third], first: {"account": "999988887777"}}
    told = masked(value)
    assert len(set(told["a"])) == 3
    assert told["a"][0] in told
    assert told[told["a"][0]]["account"] in told["a"][0]
    assert told["a"][:2] == ["arn:aws:iam::111122223333:role/name-1", "arn:aws:iam::444455556666:role/name-1"]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        (f"arn:aws:kms:eu-west-1:999988887777:key/{KEY_ID}", [KEY_ID, "999988887777"]),
        (f"arn:aws:kms:eu-west-1:999988887777:key/{MRK}", [MRK[4:], "999988887777"]),
        ("arn:aws:kms:eu-west-1:999988887777:alias/acme/ml", ["acme"]),
        ("arn:aws:sts::999988887777:assumed-role/Acme/jane@acme.example", ["Acme", "jane"]),
        ("arn:aws:iam::999988887777:role/teams/acme/Data", ["teams", "acme", "Data"]),
        ("arn:aws:sagemaker:us-west-2:999988887777:job/AgentRFT/acme-job", ["acme-job"]),
        ("s3://acme-data/in/prompts.jsonl", ["acme-data", "prompts"]),
        ("arn:aws:s3:::acme-data/in", ["acme-data"]),
        ("AROAABCDEFGHIJKLMNOPQ", ["ABCDEFGHIJKLMNOPQ"]),
        ("ab" * 32, ["ab" * 32]),
    ],
)
def test_names_are_replaced(text: str, secrets: list[str]) -> None:
    told = masked([text])[0]
    for secret in secrets:
        assert secret not in told
    assert told[:2] == text[:2] or len(told) == 64


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
        "arn:aws:kms:us-west-2:111122223333:alias/aws/s3",
        "job.sagemaker.amazonaws.com",
        "2026-11-22T12:00:00+00:00",
        "kms:Decrypt",
        7,
        None,
        True,
        "arn:aws:iam::111122223333:root",
    ],
)
def test_what_is_nobodys_name_stays(value: Any) -> None:
    assert masked({"a": value}) == {"a": value}


def test_a_name_is_replaced_inside_of_a_json_text_too() -> None:
    document = json.dumps({"KmsKeyArn": f"arn:aws:kms:us-west-2:999988887777:key/{KEY_ID}"})
    told = json.loads(masked({"JobConfigDocument": document})["JobConfigDocument"])
    assert told == {"KmsKeyArn": "arn:aws:kms:us-west-2:111122223333:key/00000001-0000-4000-8000-000000000000"}


def test_a_multi_region_key_is_still_one() -> None:
    assert masked([f"arn:aws:kms:us-west-2:999988887777:key/{MRK}"])[0].split("/")[1].startswith("mrk-")
