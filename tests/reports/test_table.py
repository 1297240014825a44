from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reports import Report, Result, table
from sealgate.reports import text as texts
from sealgate.reports.text import Page

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., dict[str, Any]]"


def shown(*decisions: Any, page: Page | None = None) -> str:
    results = [Result(source=f"{index}.json", decision=decision) for index, decision in enumerate(decisions)]
    return table.render(Report(results=results), page or Page())


class TestAFinding:
    def test_says_verdict_message_place_fix_reference_and_rule(self, decision: Make, finding: Make) -> None:
        assert shown(decision(allowed=False, findings=[finding()])) == (
            "DENIED  sagemaker:CreateJob my-job  (0.json)\n"
            "\n"
            "  DENY   the output key is named by an alias\n"
            "         where: JobConfigDocument → OutputDataConfig.KmsKeyArn\n"
            "         fix:   Put the key's ARN there.\n"
            "         see:   https://docs.aws.amazon.com/sagemaker/\n"
            "         rule:  SG-MTRL-002 (high)\n"
            "\n"
            "1 input: 1 denied; 1 denial"
        )

    def test_names_every_rule_that_waits_for_the_same_fact(self, decision: Make, finding: Make) -> None:
        waiting = finding(
            outcome="unverified",
            enforcement="warn",
            missing={"part": "keys.x.metadata", "rules": ["SG-MTRL-003", "SG-MTRL-005"]},
        )

        text = shown(decision(findings=[waiting]))

        assert "         rule:  SG-MTRL-003, SG-MTRL-005\n" in text
        assert text.endswith("1 input: 1 allowed; 1 not verified")

    def test_leaves_out_what_it_does_not_have(self, decision: Make, finding: Make) -> None:
        text = shown(decision(allowed=False, findings=[finding(path=[], remediation="", reference="")]))

        assert not {"where:", "fix:", "see:"} & set(text.split())

    @pytest.mark.parametrize(
        ("outcome", "enforcement", "label"),
        [
            ("violation", "deny", "DENY"),
            ("violation", "warn", "WARN"),
            ("unverified", "deny", "DENY"),
            ("unverified", "warn", "WARN"),
            ("advice", "warn", "ADVICE"),
        ],
    )
    def test_is_labelled_by_what_it_does(
        self, decision: Make, finding: Make, outcome: str, enforcement: str, label: str
    ) -> None:
        text = shown(decision(allowed=False, findings=[finding(outcome=outcome, enforcement=enforcement)]))

        assert f"\n  {label:<6} the output key" in text

    def test_that_is_not_verified_comes_after_what_is_known(self, decision: Make, finding: Make) -> None:
        unverified = finding(outcome="unverified", message="not verified: the Region")
        warning = finding(enforcement="warn", message="the bucket is elsewhere")

        text = shown(decision(allowed=False, findings=[unverified, warning]))

        assert text.index("the bucket is elsewhere") < text.index("not verified: the Region")

    def test_is_wrapped_to_the_page_but_keeps_arns_whole_so_that_they_can_be_copied(
        self, decision: Make, finding: Make
    ) -> None:
        arn = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        message = f"the output key is not one of those that the organisation approved: {arn}"

        text = shown(decision(allowed=False, findings=[finding(message=message)]), page=Page(width=50))

        assert (
            f"  DENY   the output key is not one of those that\n         the organisation approved:\n         {arn}\n"
        ) in text

    def test_can_not_steer_the_terminal(self, decision: Make, finding: Make) -> None:
        evil = "my-job\x1b[2J\x9b1mALLOWED\u202e\r\n"

        text = shown(decision(allowed=False, findings=[finding(subject=evil, message=evil, path=[evil])], checked=[]))

        assert set(text) & {"\x1b", "\x9b", "\u202e", "\r"} == set()
        assert "my-job\\x1b[2J\\x9b1mALLOWED\\u202e" in text


class TestAPath:
    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ([], ""),
            (["RoleArn"], "RoleArn"),
            (["Tags", 2, "Key"], "Tags[2].Key"),
            (["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"], "JobConfigDocument → OutputDataConfig.KmsKeyArn"),
            (["JobConfigDocument"], "JobConfigDocument"),
        ],
    )
    def test_is_written_as_people_do(self, path: list[str | int], text: str) -> None:
        assert texts.where(path) == text


class TestTheVerdict:
    def test_stands_on_each_subject(self, decision: Make, finding: Make) -> None:
        two = decision(
            allowed=False,
            findings=[finding(subject="b")],
            checked=[
                {"subject": "a", "operation": "x:Y", "rules": []},
                {"subject": "b", "operation": "x:Y", "rules": []},
            ],
        )

        text = shown(two)

        assert "ALLOWED  a  (0.json)\n\nDENIED  b  (0.json)" in text
        assert text.endswith("1 input: 1 denied; 1 denial")

    def test_of_nothing_judged_is_said_with_its_reason(self, decision: Make) -> None:
        note = {
            "rule": "SG-KEY-004",
            "subject": "s3:PutObject",
            "path": [],
            "message": "no key",
            "requirements": [],
            "reference": "",
        }

        text = shown(decision(checked=[], notes=[note]))

        assert text == (
            "ALLOWED  0.json: nothing in it was judged\n\n  NOTE   no key (SG-KEY-004)\n\n1 input: 1 allowed"
        )

    def test_is_denied_where_a_subject_was_left_out(self, decision: Make) -> None:
        assert "DENIED  0.json: not all of it was judged" in shown(decision(allowed=False))
        assert "DENIED  0.json: nothing in it was judged" in shown(decision(allowed=False, checked=[]))

    def test_is_no_decision_where_there_is_none(self) -> None:
        results = [
            Result(source="a.json", error=UnreadableInputError("no JSON", source="a.json")),
            Result(source="b.json", error=EngineError("too slow")),
        ]

        assert table.render(Report(results=results), Page()) == (
            "UNREADABLE  a.json\n\nNO DECISION  b.json\n\n2 inputs: 1 unreadable, 1 without a decision"
        )

    def test_of_several_inputs_is_summed_up(self, decision: Make, finding: Make) -> None:
        denied = decision(
            allowed=False,
            findings=[finding(), finding(enforcement="warn"), finding(enforcement="warn", outcome="advice")] * 2,
        )

        assert shown(decision(), denied).endswith("2 inputs: 1 allowed, 1 denied; 2 denials, 2 warnings, 2 advised")


class TestAnException:
    @pytest.mark.parametrize(
        ("status", "text"),
        [
            ("applied", "applied, until 2026-12-31"),
            ("unused", "matches nothing here"),
            ("expired", "no longer honoured: it expired on 2026-12-31"),
            ("no clock", "not honoured: the input names no time"),
            ("unreadable expiry", "not honoured: 2026-12-31 is no date"),
        ],
    )
    def test_is_shown_with_what_became_of_it(self, decision: Make, status: str, text: str) -> None:
        use = {"rule": "SG-ORG-001", "subject": "*", "reason": "Migration.", "expires": "2026-12-31", "status": status}

        report = shown(decision(exceptions=[use]), page=Page(width=200))

        assert f"  EXCEPTION SG-ORG-001 for *: {text}" in report
        assert "Migration." in report


class TestColours:
    def test_mark_the_verdict_where_they_are_wanted(self, decision: Make) -> None:
        assert shown(decision(), page=Page(colour=True)).startswith("\x1b[32mALLOWED\x1b[0m")

    def test_change_nothing_else(self, decision: Make, finding: Make) -> None:
        denied = decision(allowed=False, findings=[finding()])
        coloured = shown(denied, page=Page(colour=True))

        for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m"):
            coloured = coloured.replace(code, "")
        assert coloured == shown(denied)
