from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from sealgate.errors import EngineError, SettingsError, UnreadableInputError
from sealgate.origins import Location
from sealgate.reports import Comparison, Report, Result, machine, problem

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"


def test_one_input_has_the_shape_of_many(decision: Make) -> None:
    report = json.loads(machine.render(Report(results=[Result(source="a.json", decision=decision())])))

    assert report == {"allowed": True, "results": [{"source": "a.json", "decision": decision()}]}


def test_one_of_several_inputs_says_where_it_stands(decision: Make) -> None:
    results = [
        Result(source="a.yaml", place=(1, "items", 2), decision=decision()),
        Result(source="a.yaml", place=(2,), error=EngineError("gone")),
    ]

    told = json.loads(machine.render(Report(results=results)))["results"]

    assert [(one["source"], one["place"]) for one in told] == [("a.yaml", [1, "items", 2]), ("a.yaml", [2])]


def test_one_denial_makes_all_of_it_denied(decision: Make) -> None:
    results = [Result(source="a", decision=decision()), Result(source="b", decision=decision(allowed=False))]

    assert json.loads(machine.render(Report(results=results)))["allowed"] is False


def test_an_error_stands_in_the_place_of_a_decision_and_allows_nothing(decision: Make) -> None:
    error = UnreadableInputError("no JSON", source="b.json", line=3, column=7)
    results = [Result(source="a.json", decision=decision()), Result(source="b.json", error=error)]

    report = json.loads(machine.render(Report(results=results)))

    assert report["allowed"] is False
    assert report["results"][1] == {
        "source": "b.json",
        "error": {"type": "unreadable_input", "message": "no JSON", "source": "b.json", "line": 3, "column": 7},
    }


def test_every_text_is_ascii_so_that_no_terminal_or_pipe_can_refuse_it(decision: Make) -> None:
    assert machine.render(Report(results=[Result(source="\udcff\u202eé", decision=decision())])).isascii()


def test_an_error_has_a_word_for_programs() -> None:
    assert problem.describe(EngineError("too slow")) == {"type": "no_decision", "message": "too slow"}
    assert problem.describe(SettingsError("unknown key")) == {"type": "wrong_settings", "message": "unknown key"}
    assert problem.describe(UnreadableInputError("no JSON")) == {"type": "unreadable_input", "message": "no JSON"}


def test_places_in_source_files_stand_beside_the_decision(decision: Make, finding: Make) -> None:
    whole = decision(findings=[finding(subject="a.b", enforcement="warn"), finding(subject="c.d", enforcement="warn")])
    places = {"a.b": Location("infra/main.tf", 7), "c.d": Location("infra/main.tf")}
    result = Result(source="plan.json", decision=whole, locate=lambda subject, _: places.get(subject))

    report = json.loads(machine.render(Report(results=[result])))

    assert report["results"][0]["locations"] == {
        "a.b": {"file": "infra/main.tf", "line": 7},
        "c.d": {"file": "infra/main.tf"},
    }
    assert report["results"][0]["decision"] == whole


def test_a_baseline_and_a_strict_run_are_told_only_where_there_is_one(decision: Make, finding: Make) -> None:
    whole = decision(allowed=False, findings=[finding()])
    result = Result(source="a.json", decision=whole, baselined=frozenset([0]), allowed_apart_from_baseline=True)
    comparison = Comparison(source="old.json", accepted=1, fixed=None)

    report = json.loads(machine.render(Report(results=[result], strict=True, baseline=comparison)))

    assert report == {
        "allowed": False,
        "passed": True,
        "strict": True,
        "baseline": {"file": "old.json", "accepted": 1, "fixed": None},
        "results": [{"source": "a.json", "decision": whole, "baselined": [0]}],
    }


def test_no_command_of_a_ci_system_is_in_it(decision: Make) -> None:
    source = "###vso[task.complete]"

    text = machine.render(Report(results=[Result(source=source, decision=decision())]))

    assert "##" not in text
    assert json.loads(text)["results"][0]["source"] == source


def test_a_result_without_anything_is_no_decision() -> None:
    report = json.loads(machine.render(Report(results=[Result(source="a")])))

    assert report["results"] == [{"source": "a", "error": {"type": "no_decision", "message": "there is no decision"}}]


def test_a_plan_has_who_gains_and_who_loses_keys(decision: Make) -> None:
    def shown(key_changes: Any) -> Any:
        result = Result(source="plan.json", decision=decision(), key_changes=key_changes)
        return json.loads(machine.render(Report(results=[result])))["results"][0]

    change = {"key": "aws_kms_key.k", "subject": "aws_kms_key.k", "gained": [], "lost": [], "unknown": ["why"]}
    assert shown([change])["key_changes"] == [change]
    assert shown(None)["key_changes"] is None
    assert "key_changes" not in shown(())
