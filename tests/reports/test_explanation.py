from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sealgate.reports import explanation
from sealgate.reports.text import Page

if TYPE_CHECKING:
    from sealgate.questions import Call, Explanation

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BY = {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": "Use"}


def call(**members: Any) -> Call:
    row: Any = {
        "job": "sagemaker:CreateJob my-job",
        "call": "mtrl.role.use",
        "who": "the execution role",
        "principal": "arn:aws:iam::111122223333:role/Job",
        "action": "kms:Decrypt",
        "key": KEY,
        "path": ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"],
        "via": "s3",
        "decision": "allowed",
        "by": BY,
        "through": "key_policy",
        "nearest": [],
        "missing": [],
        "requirements": ["MTRL-07"],
        "inferred": False,
        **members,
    }
    result: Call = row
    return result


def explained(*calls: Call) -> Explanation:
    return {"calls": list(calls), "problems": [], "version": {"policies": "0.1.0", "schema": 1}}


def shown(*calls: Call) -> str:
    return explanation.render(explained(*calls), Page(width=200))


def test_a_call_is_a_line_under_its_key() -> None:
    assert shown(call()) == (
        f"sagemaker:CreateJob my-job: {KEY}\n"
        "  named by JobConfigDocument → OutputDataConfig.KmsKeyArn\n"
        "  ALLOWED    kms:Decrypt  the execution role  through s3; by the key policy, Use\n"
        "\n"
        "the execution role: arn:aws:iam::111122223333:role/Job\n"
        "\n"
        "1 call: 1 allowed"
    )


def test_each_way_of_being_allowed_is_told_apart() -> None:
    own = {"layer": "identity", "policy": "identity policy use", "index": 1, "sid": None}
    grant = {"layer": "grant", "policy": "grant abc", "index": 0, "sid": "name"}
    text = shown(
        call(via=None, through="identity_via_key_policy", by=own),
        call(via=None, through="identity", by=own),
        call(via=None, through="grant", by=grant),
        call(via=None, through="identity_via_key_policy", by=None),
    )
    assert "by its own policy, to which the key policy delegates: identity policy use, statement 2\n" in text
    assert "by its own policy: identity policy use, statement 2\n" in text
    assert "by grant abc\n" in text
    assert "no statement: it is the account's root user\n" in text


def test_a_denied_call_has_the_statement_that_denies_or_the_nearest() -> None:
    near = {"layer": "key_policy", "policy": None, "index": None, "sid": None, "reason": "no statement allows it"}
    text = shown(
        call(via=None, decision="denied", through=None),
        call(via=None, decision="denied", through=None, by=None, nearest=[near]),
    )
    assert "DENIED     kms:Decrypt  the execution role  the key policy, Use denies it\n" in text
    assert "DENIED     kms:Decrypt  the execution role  key policy: no statement allows it\n" in text
    assert text.endswith("2 calls: 2 denied")


def test_an_undecided_call_has_what_is_not_known() -> None:
    missing = [{"layer": "identity", "part": "principals", "reason": "the policies were not supplied"}] * 2
    text = shown(call(via=None, decision="undecided", through=None, by=None, key=None, principal=None, missing=missing))
    assert "sagemaker:CreateJob my-job: keys that are not known\n" in text
    assert "UNDECIDED  kms:Decrypt  the execution role  the policies were not supplied\n" in text


def test_a_policy_without_a_statement_is_named_alone() -> None:
    by = {"layer": "key_policy", "policy": "the key policy", "index": None, "sid": None}
    assert "by the key policy\n" in shown(call(by=by))


def test_an_inferred_call_says_so() -> None:
    assert "that the job makes this call is an inference" in shown(call(inferred=True))


def test_without_calls_there_is_a_sentence() -> None:
    assert (
        shown()
        == "no KMS call of this request is known: it names no key, or none that can be used (ask sealgate check)"
    )


def test_json_is_the_explanation_itself() -> None:
    assert json.loads(explanation.as_json(explained(call()))) == explained(call())
