"""What a check makes of decisions: on the policies as they are shipped, and with engines that answer as told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.engine_fixtures import ROOT, embedded_engine, input_document

from sealgate import baseline, decisions, questions
from sealgate.baseline import Baseline
from sealgate.checks import Check
from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reports import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sealgate.engines import Engine

Make: TypeAlias = "Callable[..., Any]"

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
EXCEPTION = {"rule": "SG-MTRL-002", "subject": "*", "reason": "Migration.", "expires": "2026-12-31"}


@pytest.fixture(scope="module")
def policies() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


def document(key: object = "alias/ml", *, name: str = "my-job", **settings: Any) -> dict[str, Any]:
    """Return the input document of a job with this output key; an alias is denied by one rule."""
    parameters = {
        "JobName": name,
        "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
        "JobCategory": "AgentRFT",
        "JobConfigSchemaVersion": "1.0.0",
        "JobConfigDocument": key
        if key == "no JSON"
        else json.dumps({"OutputDataConfig": {"S3OutputPath": "s3://b/", "KmsKeyArn": key}}),
    }
    request = {"service": "sagemaker", "operation": "CreateJob", "parameters": parameters}
    return input_document(
        {"subject": {"aws_request": request}, "settings": settings, "context": {"region": "us-west-2"}}
    )


def findings_of(engine: Engine, given: Mapping[str, Any]) -> list[Any]:
    return list(decisions.decide(engine, given)["findings"])


def accepting(findings: list[Any], source: str = "old.json") -> Baseline:
    content = json.loads(baseline.render(findings, now=datetime(2026, 6, 30, tzinfo=UTC)))
    return Baseline(source, content["findings"])


class TestWithABaseline:
    def test_old_denials_pass_though_the_verdict_stays(self, policies: Engine) -> None:
        old = accepting(findings_of(policies, document()))

        result = Check(baseline=old).decide(policies, "a.json", document("alias/other"))

        assert not result.allowed
        assert result.passed(strict=False)
        assert result.passed(strict=True)

    def test_a_new_denial_fails(self, policies: Engine) -> None:
        old = accepting(findings_of(policies, document()))

        assert not Check(baseline=old).decide(policies, "a.json", document(name="new")).passed(strict=False)

    def test_a_new_warning_fails_a_strict_check_only(self, policies: Engine) -> None:
        found = findings_of(policies, document(KEY))
        assert found
        old = accepting(found[1:])

        result = Check(baseline=old).decide(policies, "a.json", document(KEY))

        assert result.passed(strict=False)
        assert not result.passed(strict=True)

    def test_what_can_not_be_read_fails_whatever_was_there(self, policies: Engine) -> None:
        unreadable = document("no JSON")
        old = accepting(findings_of(policies, unreadable))

        assert not Check(baseline=old).decide(policies, "a.json", unreadable).passed(strict=False)
        assert not Check(accepts_all=True).decide(policies, "a.json", unreadable).passed(strict=False)

    def test_what_else_keeps_the_engine_from_allowing_fails(
        self, engine_that: Make, decision: Make, finding: Make
    ) -> None:
        # As where a guarded job was judged by no rule: no finding says so.
        engine = engine_that(decision(allowed=False, findings=[finding()]))
        asked = engine.documents

        result = Check(accepts_all=True).decide(engine, "a.json", document())

        assert result.baselined == {0}
        assert not result.passed(strict=False)
        assert asked[1]["settings"]["enforcement"]["rules"] == {"SG-MTRL-002": "warn"}

    def test_the_engine_is_not_asked_again_where_a_new_denial_stands(
        self, engine_that: Make, decision: Make, finding: Make
    ) -> None:
        engine = engine_that(decision(allowed=False, findings=[finding(), finding(subject="new")]))

        Check(baseline=accepting([finding()])).decide(engine, "a.json", document())

        assert len(engine.documents) == 1

    def test_what_a_denied_uncertainty_waits_for_is_relaxed_by_all_its_rules(self, policies: Engine) -> None:
        found = findings_of(policies, document(KEY, unverified="deny"))
        assert {finding["outcome"] for finding in found if finding["enforcement"] == "deny"} == {"unverified"}

        result = Check(baseline=accepting(found)).decide(policies, "a.json", document(KEY, unverified="deny"))

        assert (result.allowed, result.passed(strict=False)) == (False, True)

    def test_other_enforcement_of_the_settings_stays(self, engine_that: Make, decision: Make, finding: Make) -> None:
        engine = engine_that(decision(allowed=False, findings=[finding()]))
        given = document(enforcement={"levels": {"recommended": "deny"}, "rules": {"SG-MTRL-026": "off"}})

        Check(accepts_all=True).decide(engine, "a.json", given)

        assert engine.documents[1]["settings"]["enforcement"] == {
            "levels": {"recommended": "deny"},
            "rules": {"SG-MTRL-026": "off", "SG-MTRL-002": "warn"},
        }

    def test_no_second_answer_is_no_decision(self, engine_that: Make, decision: Make, finding: Make) -> None:
        answers = [decision(allowed=False, findings=[finding()]), EngineError("too slow")]
        engine = engine_that(lambda _: answers.pop(0))

        with pytest.raises(EngineError):
            Check(accepts_all=True).decide(engine, "a.json", document())


class TestStrict:
    def test_denies_what_can_not_be_verified(self, policies: Engine) -> None:
        result = Check(strict=True).decide(policies, "a.json", document(KEY, unverified="warn"))

        assert not result.allowed
        assert Check().decide(policies, "a.json", document(KEY, unverified="warn")).allowed

    @pytest.mark.parametrize("outcome", ["violation", "unverified", "advice"])
    def test_fails_on_every_finding(self, engine_that: Make, decision: Make, finding: Make, outcome: str) -> None:
        engine = engine_that(decision(findings=[finding(enforcement="warn", outcome=outcome)]))

        result = Check(strict=True).decide(engine, "a.json", document())

        assert (result.allowed, result.passed(strict=True), result.passed(strict=False)) == (True, False, True)

    def test_does_not_fail_on_notes(self, engine_that: Make, decision: Make) -> None:
        note = {"rule": "X", "subject": "x", "path": [], "message": "m", "requirements": [], "reference": ""}

        assert Check(strict=True).decide(engine_that(decision(notes=[note])), "a.json", document()).passed(strict=True)


class TestExceptions:
    def test_have_the_findings_that_they_cover(self, policies: Engine) -> None:
        result = Check().decide(policies, "a.json", document(exceptions=[EXCEPTION]))

        [(finding, use)] = result.excepted
        assert (finding["rule"], finding["subject"]) == ("SG-MTRL-002", "sagemaker:CreateJob my-job")
        assert use["reason"] == "Migration."
        assert result.decision is not None
        assert finding not in result.decision["findings"]

    def test_that_cover_nothing_cost_nothing(self, engine_that: Make, decision: Make) -> None:
        engine = engine_that(decision(exceptions=[{**EXCEPTION, "status": "unused"}]))

        assert Check().decide(engine, "a.json", document()).excepted == []
        assert len(engine.documents) == 1

    def test_cover_their_own_rules_and_subjects_only(self, engine_that: Make, decision: Make, finding: Make) -> None:
        use = {**EXCEPTION, "subject": 'module.a["x?"].b[0]', "status": "applied"}
        covered = finding(subject='module.a["xy"].b[0]')
        waiting = {
            **covered,
            "rule": "SG-MTRL-001",
            "outcome": "unverified",
            "enforcement": "warn",
            "missing": {"part": "caller", "rules": ["SG-MTRL-001", "SG-MTRL-002"]},
        }
        others = [finding(subject='module.a["xy"].b0'), finding(rule="SG-MTRL-003", subject=covered["subject"])]
        answers = [
            decision(exceptions=[use]),
            decision(allowed=False, findings=[*others, covered, waiting]),
        ]

        result = Check().decide(engine_that(lambda _: answers.pop(0)), "a.json", document(exceptions=[EXCEPTION]))

        assert [one.finding["rule"] for one in result.excepted] == ["SG-MTRL-002", "SG-MTRL-001"]
        assert {one.finding["subject"] for one in result.excepted} == {covered["subject"]}


class TestTheComparison:
    def test_counts_what_is_accepted_and_lists_what_is_fixed(self, policies: Engine, finding: Make) -> None:
        check = Check(baseline=accepting([*findings_of(policies, document()), finding(subject="gone")]))

        result = check.decide(policies, "a.json", document())
        comparison = check.comparison([result], None)

        assert comparison is not None
        assert comparison.accepted == len(result.baselined) > 0
        assert [entry["subject"] for entry in comparison.fixed or ()] == ["gone"]

    def test_does_not_know_what_is_fixed_where_an_input_has_no_decision(self, finding: Make) -> None:
        check = Check(baseline=accepting([finding()]))

        comparison = check.comparison([Result(source="a", error=UnreadableInputError("no JSON"))], None)

        assert comparison is not None
        assert comparison.fixed is None

    def test_is_none_without_a_baseline(self) -> None:
        assert Check().comparison([], None) is None

    def test_of_a_baseline_that_is_written_has_nothing_fixed(self) -> None:
        comparison = Check(accepts_all=True).comparison([], "new.json")

        assert comparison is not None
        assert (comparison.source, comparison.fixed) == ("new.json", [])


class TestAPlan:
    def plan(self, name: str) -> dict[str, Any]:
        content = json.loads((ROOT / "tests/plans" / f"{name}.json").read_bytes())
        return decisions.build_document(
            {"terraform_plan": content},
            settings={},
            context={},
            now=datetime(2026, 6, 30, tzinfo=UTC),
            context_from_caller=[],
        )

    def test_says_who_loses_a_key(self, policies: Engine) -> None:
        [change] = Check().decide(policies, "plan.json", self.plan("statement_taken_away")).key_changes or []
        assert change["subject"] == "aws_kms_key_policy.model"
        assert [one["who"].rpartition("/")[2] for one in change["lost"]] == ["BedrockCustomization", "Invoke"]
        assert change["gained"] == []

    def test_can_not_compare_a_policy_that_is_not_known(self, policies: Engine) -> None:
        changes = Check().decide(policies, "plan.json", self.plan("unknown_policy")).key_changes or []
        assert [(change["gained"], change["lost"], len(change["unknown"])) for change in changes] == [([], [], 1)]

    def test_has_its_verdict_where_nobody_can_tell_who_gains(
        self, policies: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any) -> Any:
            raise EngineError("too slow")

        monkeypatch.setattr(questions, "compare", fail)
        result = Check().decide(policies, "plan.json", self.plan("statement_taken_away"))
        assert not result.allowed
        assert result.key_changes is None

    def test_alone_is_asked_about(self, policies: Engine) -> None:
        assert Check().decide(policies, "a.json", document()).key_changes == ()
