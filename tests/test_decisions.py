from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sealgate import decisions, engines
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.engines import Engine

Make: TypeAlias = "Callable[..., dict[str, Any]]"
EngineThat: TypeAlias = "Callable[[object], Any]"

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas/decision.json").read_bytes())
VALIDATOR = Draft202012Validator(SCHEMA)

COMPLETE: dict[str, Any] = {
    "allowed": False,
    "findings": [
        {
            "rule": "SG-MTRL-005",
            "outcome": "unverified",
            "enforcement": "deny",
            "severity": "high",
            "level": "required",
            "subject": "sagemaker:CreateJob my-job",
            "path": ["InputDataConfig", 0, "DataSource"],
            "message": "not verified: DescribeKey's answer was not supplied",
            "remediation": "Supply it.",
            "requirements": ["MTRL-05"],
            "reference": "https://docs.aws.amazon.com/",
            "evidence": {"key": None},
            "missing": {"part": "keys.x.metadata", "rules": ["SG-MTRL-003", "SG-MTRL-005"]},
        }
    ],
    "checked": [
        {"subject": "sagemaker:CreateJob my-job", "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-002"]}
    ],
    "notes": [
        {
            "rule": "SG-MTRL-025",
            "subject": "sagemaker:CreateJob my-job",
            "path": [],
            "message": "the key covers the artifacts",
            "requirements": ["MTRL-25"],
            "reference": "https://docs.aws.amazon.com/",
        }
    ],
    "exceptions": [
        {"rule": "SG-ORG-001", "subject": "*", "reason": "migration", "expires": "2026-12-31", "status": "unused"}
    ],
    "context_from_caller": ["/region"],
    "version": {"policies": "0.1.0+0123456789ab", "schema": 1},
}


Place: TypeAlias = tuple[Any, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield where every value inside stands, but for what rules put into their evidence."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*at, step)
        if step != "evidence":
            yield from places(member, (*at, step))


class TestTheDocument:
    def test_carries_the_time_in_utc_to_the_second(self, request_document: dict[str, Any]) -> None:
        document = decisions.build_document(
            {"aws_request": request_document},
            settings={},
            context={},
            now=datetime(2026, 11, 22, 18, 30, 1, 999, tzinfo=timezone(timedelta(hours=2))),
            context_from_caller=[],
        )

        assert document["now"] == "2026-11-22T16:30:01Z"

    def test_carries_what_it_was_given_and_the_parsed_documents(self, request_document: dict[str, Any]) -> None:
        document = decisions.build_document(
            {"aws_request": request_document},
            settings={"unverified": "deny"},
            context={"region": "us-west-2"},
            now=datetime.now(UTC),
            context_from_caller=("/region",),
        )

        assert document["subject"] == {"aws_request": request_document}
        assert document["settings"] == {"unverified": "deny"}
        assert document["context"] == {"region": "us-west-2"}
        assert document["context_from_caller"] == ["/region"]
        pointer = "/aws_request/parameters/JobConfigDocument"
        text = request_document["parameters"]["JobConfigDocument"]
        assert document["parsed"] == {pointer: {"value": json.loads(text)}}


class TestWhatCountsAsADecision:
    def test_an_allowance_with_something_checked(self, decision: Make, engine_that: EngineThat) -> None:
        assert decisions.decide(engine_that(decision()), {}) == decision()

    def test_every_member_and_form(self, engine_that: EngineThat) -> None:
        VALIDATOR.validate(COMPLETE)
        assert decisions.decide(engine_that(COMPLETE), {}) == COMPLETE

    @pytest.mark.parametrize("answer", [{}, [], None, "allowed", True, {"allowed": True}, {"result": COMPLETE}])
    def test_not_another_value(self, answer: object, engine_that: EngineThat) -> None:
        with pytest.raises(EngineError, match="not a decision"):
            decisions.decide(engine_that(answer), {})

    @pytest.mark.parametrize("allowed", ["true", 1, None, [], {}])
    def test_not_one_whose_verdict_is_no_boolean(
        self, allowed: object, decision: Make, engine_that: EngineThat
    ) -> None:
        with pytest.raises(EngineError, match=r"the decision\.allowed is not a boolean"):
            decisions.decide(engine_that(decision(allowed=allowed)), {})

    def test_the_error_names_the_place(self, engine_that: EngineThat) -> None:
        answer = copy.deepcopy(COMPLETE)
        answer["findings"][0]["severity"] = "fatal"

        with pytest.raises(EngineError, match=r"findings\[0\]\.severity is not one of critical, high, medium, low"):
            decisions.decide(engine_that(answer), {})

    def test_not_an_allowance_that_a_finding_denies(
        self, decision: Make, finding: Make, engine_that: EngineThat
    ) -> None:
        with pytest.raises(EngineError, match="allowed what SG-MTRL-002 denies"):
            decisions.decide(engine_that(decision(allowed=True, findings=[finding()])), {})

    def test_an_allowance_with_warnings(self, decision: Make, finding: Make, engine_that: EngineThat) -> None:
        answer = decision(allowed=True, findings=[finding(enforcement="warn")])

        assert decisions.decide(engine_that(answer), {})["allowed"] is True

    def test_not_an_allowance_of_nothing(self, decision: Make, engine_that: EngineThat) -> None:
        with pytest.raises(EngineError, match="checked nothing"):
            decisions.decide(engine_that(decision(allowed=True, checked=[])), {})

    def test_an_allowance_of_nothing_with_a_note_that_says_why(self, decision: Make, engine_that: EngineThat) -> None:
        answer = decision(allowed=True, checked=[], notes=COMPLETE["notes"])

        assert decisions.decide(engine_that(answer), {})["allowed"] is True

    def test_a_denial_of_nothing(self, decision: Make, engine_that: EngineThat) -> None:
        assert decisions.decide(engine_that(decision(allowed=False, checked=[])), {})["allowed"] is False

    def test_an_engine_without_an_answer_is_an_error(self, engine_that: EngineThat) -> None:
        with pytest.raises(EngineError, match="too slow"):
            decisions.decide(engine_that(EngineError("too slow")), {})

    @pytest.mark.parametrize("place", [*places(COMPLETE)], ids=str)
    def test_not_one_with_a_member_of_the_wrong_type(self, place: Place, engine_that: EngineThat) -> None:
        answer = copy.deepcopy(COMPLETE)
        holder = answer
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = 1.5

        assert not VALIDATOR.is_valid(answer)
        with pytest.raises(EngineError, match="not a decision"):
            decisions.decide(engine_that(answer), {})

    @given(data=st.data())
    def test_exactly_what_the_schema_describes(self, data: st.DataObject) -> None:
        answer = copy.deepcopy(COMPLETE)
        mutate(answer, data)

        class Engine:
            name = "fake"

            def evaluate(self, _: object, *, entrypoint: str = "", timeout_s: float | None = None) -> Any:  # noqa: ARG002 the protocol's
                return answer

            def check(self) -> None: ...

            def close(self) -> None: ...

        try:
            decisions.decide(Engine(), {})
        except EngineError as error:
            accepted = "not a decision" not in str(error)
        else:
            accepted = True
        assert accepted == VALIDATOR.is_valid(answer)


@pytest.fixture(scope="module")
def policies() -> Iterator[Engine]:
    engine = engines.build(engines.EngineSettings(timeout_s=30))
    yield engine
    engine.close()


class TestADecisionOfThePolicies:
    def test_on_a_request_is_what_the_schema_describes(
        self, request_document: dict[str, Any], policies: Engine
    ) -> None:
        document = decisions.build_document(
            {"aws_request": request_document}, settings={}, context={}, now=datetime.now(UTC), context_from_caller=[]
        )

        decided = decisions.decide(policies, document)

        VALIDATOR.validate(decided)
        assert decided["allowed"] is True
        assert decided["findings"][0]["outcome"] == "unverified"


class TestTheOrder:
    def test_denials_come_first_then_severity_rule_subject_path_and_message(
        self, decision: Make, finding: Make, engine_that: EngineThat
    ) -> None:
        expected = [
            finding(severity="low", rule="SG-B-001"),
            finding(enforcement="warn", severity="critical", rule="SG-Z-001"),
            finding(enforcement="warn", severity="high", rule="SG-A-001", subject="b"),
            finding(enforcement="warn", severity="high", rule="SG-B-001", subject="a"),
            finding(enforcement="warn", severity="high", rule="SG-B-001", subject="b", path=["List", 2]),
            finding(enforcement="warn", severity="high", rule="SG-B-001", subject="b", path=["List", 10]),
            finding(enforcement="warn", severity="high", rule="SG-B-001", subject="b", path=["List", "name"]),
            finding(enforcement="warn", severity="high", rule="SG-B-001", subject="b", path=["Z"], message="a"),
            finding(enforcement="warn", severity="high", rule="SG-B-001", subject="b", path=["Z"], message="b"),
            finding(enforcement="warn", severity="medium", rule="SG-A-001"),
        ]

        decided = decisions.decide(engine_that(decision(allowed=False, findings=expected[::-1])), {})

        assert decided["findings"] == expected

    @given(data=st.data())
    def test_equal_decisions_have_one_text_however_their_sets_came_out(self, data: st.DataObject) -> None:
        answer = copy.deepcopy(COMPLETE)
        answer["findings"] += [
            {**answer["findings"][0], "evidence": {"key": 1}},
            {**answer["findings"][0], "path": []},
            {**answer["findings"][0], "requirements": ["MTRL-03", "MTRL-05"], "severity": "critical"},
        ]
        answer["checked"] += [{"subject": "a", "operation": "b", "rules": ["SG-B-001", "SG-A-001"]}]
        answer["notes"] += [{**answer["notes"][0], "reference": "https://example.com/"}]
        answer["exceptions"] += [{**answer["exceptions"][0], "status": "expired"}]
        answer["context_from_caller"] += ["/account"]

        assert ordered_text(shuffled(answer, data)) == ordered_text(answer)

    def test_the_text_is_json_with_ordered_members(self, decision: Make) -> None:
        text = decisions.canonical(decision())  # type: ignore[arg-type] # a plain dictionary of that shape

        assert json.loads(text) == decision()
        assert text.startswith('{"allowed":true,"checked":[{"operation":')


def ordered_text(answer: dict[str, Any]) -> str:
    class Engine:
        name = "fake"

        def evaluate(self, document: object, *, entrypoint: str = "", timeout_s: float | None = None) -> Any:  # noqa: ARG002 the protocol's
            return copy.deepcopy(answer)

        def check(self) -> None: ...

        def close(self) -> None: ...

    return decisions.canonical(decisions.decide(Engine(), {}))


def shuffled(answer: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Put everything that is a set in the policies into another order."""
    mixed = copy.deepcopy(answer)
    for name in ("findings", "checked", "notes", "exceptions", "context_from_caller"):
        mixed[name] = data.draw(st.permutations(mixed[name]))
    for holder, name in [
        *((finding, "requirements") for finding in mixed["findings"]),
        *((finding["missing"], "rules") for finding in mixed["findings"]),
        *((checked, "rules") for checked in mixed["checked"]),
    ]:
        holder[name] = data.draw(st.permutations(holder[name]))
    return mixed


def is_fraction(number: float) -> bool:
    """Leave whole floats out: to a schema 1.0 is an integer, and no engine writes one."""
    return not number.is_integer()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.floats(allow_nan=False).filter(is_fraction)
    | st.sampled_from(["deny", "high", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["rule", "part"]), inner, max_size=2),
    max_leaves=4,
)


def mutate(answer: Any, data: st.DataObject) -> None:
    """Change one place of the answer: replace a value, take it away, or add a member."""
    place = answer
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        deeper = place[key]
        if isinstance(deeper, dict | list) and deeper and data.draw(st.booleans()):
            place = deeper
            continue
        change = data.draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace":
            place[key] = data.draw(JSON)
        elif change == "remove":
            del place[key]
        elif isinstance(place, dict):
            place["other"] = data.draw(JSON)
        else:
            place.append(data.draw(JSON))
        return
