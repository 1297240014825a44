from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from sealgate.errors import EngineError, SettingsError, UnreadableInputError
from sealgate.reports import Report, Result, machine, problem

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"


def test_one_input_has_the_shape_of_many(decision: Make) -> None:
    report = json.loads(machine.render(Report(results=[Result(source="a.json", decision=decision())])))

    assert report == {"allowed": True, "results": [{"source": "a.json", "decision": decision()}]}


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
