from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.reports.conftest import ADDRESS, decided, no_command_in

from sealgate.reports import Report, Result, gitlab

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"


def issues_of(report: Report) -> list[Any]:
    issues: list[Any] = json.loads(gitlab.render(report))
    return issues


@pytest.mark.parametrize("name", ["everything", "hostile"])
def test_each_issue_has_what_gitlab_asks_for(name: str, request: pytest.FixtureRequest) -> None:
    issues = issues_of(request.getfixturevalue(name))

    assert issues
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert re.fullmatch("[0-9a-f]{32}(:[0-9]+)?", issue["fingerprint"])
        assert issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1


def test_findings_and_problems_are_issues(everything: Report) -> None:
    issues = issues_of(everything)

    assert [(issue["check_name"], issue["severity"], issue["location"]) for issue in issues] == [
        ("SG-MTRL-002", "critical", {"path": "infra/main.tf", "lines": {"begin": 7}}),
        ("SG-MTRL-026", "major", {"path": "infra/main.tf", "lines": {"begin": 7}}),
        ("SG-CALL-002", "info", {"path": "plan.json", "lines": {"begin": 1}}),
        ("SG-MTRL-003", "info", {"path": "plan.json", "lines": {"begin": 1}}),
        ("unreadable_input", "blocker", {"path": "broken.json", "lines": {"begin": 3}}),
        ("no_decision", "blocker", {"path": "slow.json", "lines": {"begin": 1}}),
    ]
    assert issues[0]["description"] == (f"{ADDRESS}: the output key is named by an alias. Put the key's ARN there.")


def test_no_two_issues_have_the_same_fingerprint(finding: Make) -> None:
    one = decided([finding(), finding(message="another")], subjects=["x"])

    issues = issues_of(Report(results=[Result(source=name, decision=one) for name in ("a.json", "b.json")]))

    assert len({issue["fingerprint"] for issue in issues}) == 4


def test_what_was_not_judged_is_a_blocker() -> None:
    decision = decided([], subjects=["x"], allowed=False)

    [issue] = issues_of(Report(results=[Result(source="<stdin>", decision=decision)]))

    assert (issue["severity"], issue["location"]["path"]) == ("blocker", "stdin")


def test_nothing_to_say_is_an_empty_list(decision: Make) -> None:
    assert issues_of(Report(results=[Result(source="<stdin>", decision=decision())])) == []


def test_of_standard_input_has_a_path_all_the_same(finding: Make) -> None:
    decision = decided([finding()], subjects=["x"])

    [issue] = issues_of(Report(results=[Result(source="<stdin>", decision=decision)]))

    assert issue["location"] == {"path": "stdin", "lines": {"begin": 1}}


def test_hostile_names_stay_in_their_strings(hostile: Report) -> None:
    no_command_in(gitlab.render(hostile))
