from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate.errors import EngineError, UnreadableInputError
from sealgate.origins import Location
from sealgate.reports import Comparison, Report, Result, table
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


class TestAPlaceInASourceFile:
    def test_stands_in_the_place_of_the_input(self, decision: Make, finding: Make) -> None:
        whole: Any = decision(allowed=False, findings=[finding(subject="a.b")], checked=[])
        result = Result(
            source="plan.json",
            decision=whole,
            locate=lambda subject, _: Location("infra/main.tf", 7) if subject == "a.b" else None,
        )

        assert table.render(Report(results=[result]), Page()).startswith("DENIED  a.b  (infra/main.tf:7)\n")


class TestManySubjects:
    def report(self, decision: Make, findings: list[Any], subjects: int = 100, **members: Any) -> str:
        checked = [{"subject": f"job {number:03}", "operation": "x:Y", "rules": []} for number in range(subjects)]
        denied = any(finding["enforcement"] == "deny" for finding in findings)
        whole: Any = decision(allowed=not denied, findings=findings, checked=checked)
        return table.render(Report(results=[Result(source="plan.json", decision=whole, **members)]), Page(width=200))

    def test_that_are_fine_are_counted(self, decision: Make) -> None:
        assert self.report(decision, []) == "ALLOWED  100 other subjects  (plan.json)\n\n1 input: 1 allowed"

    def test_that_are_few_are_all_named(self, decision: Make) -> None:
        assert self.report(decision, [], subjects=20).count("ALLOWED  job") == 20

    def test_have_the_denied_ones_first(self, decision: Make, finding: Make) -> None:
        warning = finding(subject="job 001", enforcement="warn", rule="SG-MTRL-026")

        blocks = self.report(decision, [finding(subject="job 007"), warning]).split("\n\n")

        assert [block.split("  (")[0] for block in blocks if "plan.json" in block] == [
            "DENIED  job 007",
            "ALLOWED  job 001",
            "ALLOWED  98 other subjects",
        ]

    def test_say_once_what_they_have_in_common(self, decision: Make, finding: Make) -> None:
        waiting = [
            finding(
                subject=f"job {number:03}",
                outcome="unverified",
                enforcement="warn",
                message="not verified: who submits the job",
                missing={"part": "caller", "rules": ["SG-CALL-001"]},
            )
            for number in range(50)
        ]

        text = self.report(decision, [finding(subject="job 049"), *waiting])

        assert text.count("not verified: who submits the job") == 1
        assert "50 subjects: job 000, job 001, job 002, job 003, job 004, and 45 more\n\n  WARN " in text
        assert "ALLOWED  99 other subjects" in text
        assert text.endswith("1 denial, 50 not verified")

    def test_name_each_that_is_denied_for_the_same_reason(self, decision: Make, finding: Make) -> None:
        text = self.report(decision, [finding(subject=f"job {number:03}") for number in range(50)])

        assert text.count("DENIED  job") == 50

    def test_of_hundreds_of_findings_take_no_time(self, decision: Make, finding: Make) -> None:
        findings = [finding(subject=f"job {number:03}", message=f"said {number}") for number in range(5000)]
        started = time.monotonic()

        assert "5000 denials" in self.report(decision, findings, subjects=20_000)
        assert time.monotonic() - started < 5


class TestABaseline:
    def test_has_a_line_for_what_it_accepts(self, decision: Make, finding: Make) -> None:
        old, new = finding(), finding(message="the role may not decrypt")
        whole: Any = decision(allowed=False, findings=[old, new])

        text = table.render(Report(results=[Result(source="a.json", decision=whole, baselined=frozenset([0]))]), Page())

        assert text.startswith("DENIED  sagemaker:CreateJob my-job  (a.json)\n\n  DENY   the role may not decrypt\n")
        assert "\n\n  BASELINE the output key is named by an alias (SG-MTRL-002)\n" in text
        assert text.endswith("1 input: 1 denied; 1 denial, 1 in the baseline")

    def test_that_accepts_all_of_it_says_so(self, decision: Make, finding: Make) -> None:
        whole: Any = decision(allowed=False, findings=[finding()])
        result = Result(source="a.json", decision=whole, baselined=frozenset([0]), allowed_apart_from_baseline=True)

        text = table.render(Report(results=[result]), Page())

        assert text.startswith("ACCEPTED  sagemaker:CreateJob my-job")
        assert text.endswith("1 input: 1 accepted by the baseline; 1 in the baseline")

    def test_does_not_hide_that_not_all_was_judged(self, decision: Make, finding: Make) -> None:
        whole: Any = decision(allowed=False, findings=[finding()])

        text = table.render(Report(results=[Result(source="a.json", decision=whole, baselined=frozenset([0]))]), Page())

        assert "DENIED  a.json: not all of it was judged" in text
        assert "1 input: 1 denied" in text

    def test_says_what_is_fixed(self, decision: Make) -> None:
        entry: Any = {"rule": "SG-KEY-007", "subject": "gone", "message": "the key is disabled"}
        whole: Any = decision()

        text = table.render(
            Report(
                results=[Result(source="a.json", decision=whole)],
                baseline=Comparison(source="old.json", accepted=0, fixed=[entry]),
            ),
            Page(),
        )

        assert "forgets it:\n  gone the key is disabled (SG-KEY-007)\n" in text
        assert text.endswith("1 input: 1 allowed; 1 fixed")


class TestAStrictRun:
    def test_that_fails_on_warnings_says_so(self, decision: Make, finding: Make) -> None:
        whole: Any = decision(findings=[finding(enforcement="warn")])

        text = table.render(Report(results=[Result(source="a.json", decision=whole)], strict=True), Page())

        assert text.endswith("1 input: 1 allowed; 1 warning; with --strict they fail")

    def test_that_fails_anyway_does_not(self, decision: Make, finding: Make) -> None:
        whole: Any = decision(allowed=False, findings=[finding()])

        text = table.render(Report(results=[Result(source="a.json", decision=whole)], strict=True), Page())

        assert text.endswith("1 input: 1 denied; 1 denial")


class TestSeveralInputsOfOneSource:
    def test_are_told_apart(self, decision: Make) -> None:
        whole: Any = decision()
        results = [
            Result(source="a.yaml", place=(0,), decision=whole),
            Result(source="a.yaml", place=(2, "items", 1), error=EngineError("gone")),
        ]

        text = table.render(Report(results=results), Page())

        assert "ALLOWED  sagemaker:CreateJob my-job  (a.yaml, document 1)\n" in text
        assert "NO DECISION  a.yaml, document 3, item 2\n" in text


class TestInputsInWhichNothingIsJudged:
    @pytest.fixture
    def silent(self, decision: Make) -> Any:
        note = {
            "rule": "SG-KEY-004",
            "subject": "Pod a",
            "path": [],
            "message": "m",
            "requirements": [],
            "reference": "",
        }
        return decision(checked=[{"subject": "Pod a", "operation": "", "rules": ["SG-KEY-004"]}], notes=[note])

    def test_are_each_shown_where_there_are_few(self, silent: Any) -> None:
        assert shown(*[silent] * 3).count("ALLOWED  Pod a") == 3

    def test_are_counted_where_there_are_many(self, silent: Any, decision: Make) -> None:
        text = shown(decision(), *[silent] * 40)

        assert "ALLOWED  sagemaker:CreateJob my-job  (0.json)" in text
        assert "Pod a" not in text
        names = "1.json, 10.json, 11.json, 12.json, 13.json"
        assert f"ALLOWED  40 inputs in which nothing is judged: {names}, and 35\n         more\n" in text
        assert text.endswith("41 inputs: 41 allowed")

    def test_are_shown_where_something_is_said_of_them(self, silent: Any, finding: Make) -> None:
        warned = {**silent, "findings": [finding(subject="Pod a", enforcement="warn")]}

        assert shown(*[warned] * 5).count("ALLOWED  Pod a") == 5


def test_who_gains_keys_by_a_plan_stands_under_its_subjects(decision: Make) -> None:
    def text(key_changes: Any) -> str:
        whole: Any = decision()
        result = Result(source="plan.json", decision=whole, key_changes=key_changes)
        return table.render(Report(results=[result]), Page(width=200))

    holder = {"width": 0, "kind": "everyone", "who": "everyone", "actions": ["kms:Decrypt"], "conditions": {}}
    change = {"key": "aws_kms_key.k", "subject": "aws_kms_key.k", "gained": [holder], "lost": [], "unknown": []}
    assert "Who can use aws_kms_key.k\n  + EVERYONE, in any AWS account: kms:Decrypt" in text([change])
    assert "UNKNOWN" in text(None)
    assert "Who can use" not in text(())
