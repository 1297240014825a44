from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.question_answers import POLICIES
from tests.question_cases import KEY, ROOT

from sealgate.reports import generated_policy
from sealgate.reports.text import Page

if TYPE_CHECKING:
    from sealgate.questions import GeneratedPolicies

STATEMENT = {
    "Action": "kms:Decrypt",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/Job"},
    "Resource": "*",
    "Sid": "AllowUse",
}


def policies(**members: Any) -> GeneratedPolicies:
    answer: Any = {
        **POLICIES,
        "key_policies": [{"key": KEY, "statements": [STATEMENT], "merged": None}],
        **members,
    }
    result: GeneratedPolicies = answer
    return result


def shown(given: dict[str, Any] | None = None, page: Page | None = None, **members: Any) -> str:
    return generated_policy.render(policies(**members), page or Page(), given=given)


def test_statements_stand_as_aws_writes_them() -> None:
    assert shown() == (
        f"Statements for the key policy of {KEY}\n"
        "[\n"
        "  {\n"
        '    "Sid": "AllowUse",\n'
        '    "Effect": "Allow",\n'
        '    "Principal": {\n'
        '      "AWS": "arn:aws:iam::111122223333:role/Job"\n'
        "    },\n"
        '    "Action": "kms:Decrypt",\n'
        '    "Resource": "*"\n'
        "  }\n"
        "]\n"
        "\n"
        "Verified: with these policies every call that could be evaluated is allowed, "
        "and none of their actions can be left out."
    )


def test_policy_of_a_principal_is_a_whole_document() -> None:
    document = {"Statement": [STATEMENT], "Version": "2012-10-17"}
    text = shown(identity_policies=[{"who": "the caller", "principal": "arn:x", "document": document}], key_policies=[])
    assert text.startswith('Policy for the caller, arn:x\n{\n  "Version": "2012-10-17",\n  "Statement": [\n')


def test_completed_key_policy_is_shown_as_a_difference() -> None:
    merged = {"Version": "2012-10-17", "Statement": [ROOT, STATEMENT]}
    completed = [{"key": KEY, "statements": [STATEMENT], "merged": merged}]
    text = shown({"Statement": ROOT, "Version": "2012-10-17"}, key_policies=completed)

    assert text.startswith(
        f"Change of the key policy of {KEY}\n--- key policy as given\n+++ key policy as needed\n@@ -9,6 +9,15 @@\n"
    )
    assert '+      "Sid": "AllowUse",\n' in text
    assert not any(line.startswith("-") for line in text.splitlines()[3:])


def test_difference_is_coloured_on_a_terminal() -> None:
    merged = {"Version": "2012-10-17", "Statement": [STATEMENT]}
    completed = [{"key": KEY, "statements": [STATEMENT], "merged": merged}]
    text = shown({"Version": "2012-10-17"}, Page(colour=True), key_policies=completed)
    assert '\x1b[32m+      "Sid": "AllowUse",\x1b[0m' in text
    assert "\x1b[1;31m--- key policy as given\x1b[0m" in text


def test_key_policy_that_needs_nothing_says_so() -> None:
    completed = [{"key": KEY, "statements": [], "merged": {"Version": "2012-10-17", "Statement": [ROOT]}}]
    assert shown({"Statement": [ROOT]}, key_policies=completed).startswith(
        f"The key policy of {KEY} needs no further statement."
    )


def test_what_is_not_allowed_and_what_is_not_known_is_said() -> None:
    unmet = {"call": "a.b", "principal": "arn:x", "action": "kms:Decrypt", "key": "arn:k", "reason": "statement Never"}
    text = shown(
        verified=False,
        unmet=[{**unmet, "decision": "denied"}, {**unmet, "decision": "undecided"}],
        open=[
            {"call": "c.e", "reason": "who submits is not known", "supply": "Say it."},
            {"call": "c.d", "reason": "who submits is not known", "supply": "Say it."},
            {"call": "c.f", "reason": "it is not documented", "supply": None},
        ],
        notes=["Mind the administrators"],
    )
    assert text.endswith(
        "Not verified: with these policies some calls are still not allowed.\n"
        "  DENIED arn:x kms:Decrypt on arn:k: statement Never\n"
        "  UNDECIDED arn:x kms:Decrypt on arn:k: statement Never\n"
        "  OPEN who submits is not known (c.d, c.e). Say it.\n"
        "  OPEN it is not documented (c.f).\n"
        "  NOTE Mind the administrators"
    )


def test_policies_that_could_be_smaller_do_not_claim_otherwise() -> None:
    assert shown(minimal=False).endswith("every call that could be evaluated is allowed.")


def test_json_is_the_answer_itself() -> None:
    assert json.loads(generated_policy.as_json(policies())) == policies()
