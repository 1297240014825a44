from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sealgate.reports import exposure
from sealgate.reports.text import Page

if TYPE_CHECKING:
    from sealgate.questions import Exposure

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/Job"
BY = {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": None}
CHANGE: dict[str, Any] = {
    "width": 4,
    "kind": "principal",
    "who": ROLE,
    "actions": ["kms:Decrypt"],
    "conditions": {},
    "services": [],
    "widens": [],
}
HOLDER: dict[str, Any] = {**CHANGE, "by": BY, "source": "key_policy", "certain": True, "depends_on": []}


def exposed(*holders: dict[str, Any], **members: Any) -> Exposure:
    answer: Any = {
        "key": KEY,
        "holders": list(holders),
        "denials": [],
        "unknown": [],
        "diff": None,
        "problems": [],
        "version": {"policies": "0.1.0", "schema": 1},
        **members,
    }
    result: Exposure = answer
    return result


def shown(*holders: dict[str, Any], compared: bool = False, **members: Any) -> str:
    return exposure.render(exposed(*holders, **members), Page(width=200), compared=compared)


def test_a_holder_has_what_it_may_do_and_by_what() -> None:
    assert shown(HOLDER) == (
        f"Who can use {KEY}\n\n{ROLE}\n  may call:  kms:Decrypt\n  by:        the key policy, statement 1"
    )


def test_what_binds_a_holder_and_what_it_can_give_away_is_shown() -> None:
    conditions = {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}}
    text = shown(
        {
            **HOLDER,
            "actions": [f"kms:Action{number:02}" for number in range(13)],
            "conditions": conditions,
            "services": ["s3.us-west-2.amazonaws.com"],
            "widens": ["kms:CreateGrant", "kms:PutKeyPolicy"],
            "certain": False,
            "depends_on": ["its boundary was not supplied"],
            "by": None,
        }
    )
    assert text.endswith(
        "  may call:  13 KMS actions (--output json lists them)\n"
        "  perhaps:   its boundary was not supplied\n"
        "  and widen: by kms:CreateGrant and kms:PutKeyPolicy it can give the key to others, or itself more\n"
        "  through:   s3.us-west-2.amazonaws.com\n"
        '  if:        {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}}\n'
        "  by:        a policy that is not known"
    )


@pytest.mark.parametrize(
    ("kind", "who", "heading"),
    [
        ("everyone", "everyone", "EVERYONE, in any AWS account"),
        ("other_account", "444455556666", "ANOTHER ACCOUNT 444455556666: the principals whose own policies allow it"),
        ("account", "111122223333", "THE ACCOUNT 111122223333: the principals whose own policies allow it"),
        ("service", "bedrock.amazonaws.com", "the service bedrock.amazonaws.com"),
    ],
)
def test_each_kind_of_holder_has_a_heading_of_its_own(kind: str, who: str, heading: str) -> None:
    assert f"\n{heading}\n" in shown({**HOLDER, "kind": kind, "who": who})


def test_denials_and_what_is_not_known_stand_below() -> None:
    denial = {"by": BY, "principal": {"Principal": "*"}, "actions": ["kms:Sign"], "conditions": {}}
    bound = {**denial, "conditions": {"Bool": {"aws:SecureTransport": "false"}}}
    unknown = [{"part": "keys", "reason": "the grants were not supplied", "supply": "Supply them."}]
    assert shown(denials=[denial, bound], unknown=unknown) == (
        f"Who can use {KEY}\n"
        "\n"
        "  nobody is known to\n"
        "\n"
        "Denied by the key policy\n"
        '  the key policy, statement 1: kms:Sign to {"Principal": "*"}\n'
        '  the key policy, statement 1: kms:Sign to {"Principal": "*"}, if {"Bool": {"aws:SecureTransport": "false"}}\n'
        "\n"
        "UNKNOWN the grants were not supplied. Supply them."
    )


def test_who_gained_and_who_lost_is_shown() -> None:
    gained = {**CHANGE, "conditions": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
    assert shown(compared=True, diff={"gained": [gained], "lost": []}).endswith(
        "Gained since the earlier key policy\n"
        f'  + {ROLE}: kms:Decrypt, if {{"Bool": {{"kms:GrantIsForAWSResource": "true"}}}}\n'
        "\n"
        "Lost since the earlier key policy\n"
        "  nothing"
    )


def test_policies_that_cannot_be_compared_say_so() -> None:
    assert shown(compared=True).endswith("The key policies can't be compared: one of them is not known.")


def test_json_is_the_answer_itself() -> None:
    assert json.loads(exposure.as_json(exposed(HOLDER))) == exposed(HOLDER)


def test_a_plan_shows_who_gains_and_who_loses_each_key() -> None:
    gained: Any = {"key": KEY, "subject": "aws_kms_key_policy.p", "gained": [CHANGE], "lost": [], "unknown": []}
    planned: Any = {**gained, "key": "aws_kms_key.k", "subject": "aws_kms_key.k", "gained": [], "lost": [CHANGE]}
    unknown: Any = {**planned, "lost": [], "unknown": ["it is not known until apply"]}
    assert list(exposure.changed([gained, planned, unknown], Page(width=200))) == [
        f"Who can use {KEY} (by aws_kms_key_policy.p)\n  + {ROLE}: kms:Decrypt",
        f"Who can use aws_kms_key.k\n  - {ROLE}: kms:Decrypt",
        "Who can use aws_kms_key.k\n  ? can't be compared: it is not known until apply",
    ]
