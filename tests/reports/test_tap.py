from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest
import yaml
from tests.reports.conftest import ADDRESS, decided, no_command_in

from sealgate.reports import Report, Result, tap

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"


class Point(NamedTuple):
    ok: bool
    description: str
    directive: str
    reason: str
    said: Any


def parsed(text: str) -> list[Point]:
    """Read a stream as the specification of TAP 14 describes it, and fail on whatever it does not allow here."""
    version, plan, *lines = text.split("\n")
    assert version == "TAP version 14"
    points: list[Point] = []
    while lines:
        line = lines.pop(0)
        match = re.fullmatch(r"(not )?ok ([0-9]+) - ((?:[^\\#]|\\.)*?)(?: # (TODO|SKIP) (.*))?", line)
        assert match is not None, line
        assert int(match[2]) == len(points) + 1
        said = None
        if lines and lines[0] == "  ---":
            end = lines.index("  ...")
            said = yaml.safe_load("\n".join(lines[1:end]))
            del lines[: end + 1]
        description = re.sub(r"\\(.)", r"\1", match[3])
        points.append(Point(not match[1], description, match[4] or "", match[5] or "", said))
    assert plan == f"1..{len(points)}"
    return points


def point(report: Report, start: str) -> Point:
    [found] = [one for one in parsed(tap.render(report)) if one.description.startswith(start)]
    return found


def test_a_denial_is_not_ok_and_says_why(everything: Report) -> None:
    found = point(everything, f"{ADDRESS}: SG-MTRL-002 ")

    assert (found.ok, found.directive) == (False, "")
    assert found.said["message"] == "the output key is named by an alias"
    assert found.said["kind"] == "violation"
    assert "fix: Put the key's ARN there." in found.said["said"]


@pytest.mark.parametrize(
    ("start", "ok", "directive", "reason"),
    [
        (f"{ADDRESS}: SG-MTRL-026 ", False, "TODO", "the output key"),
        ("b: SG-CALL-002 ", False, "TODO", "the output key"),
        ("c: SG-MTRL-003 ", True, "SKIP", "not verified: the key"),
        ("d: SG-MTRL-002 ", True, "SKIP", "in the baseline: known"),
        ("e: SG-ORG-002 ", True, "SKIP", "excepted until 2026-12-31"),
        ("f: SG-MTRL-002 ", True, "", ""),
        ("broken.json: there is a decision", False, "", ""),
    ],
)
def test_harnesses_fail_on_what_fails_the_run_only(
    everything: Report,
    start: str,
    ok: bool,  # noqa: FBT001 a case
    directive: str,
    reason: str,
) -> None:
    found = point(everything, start)

    assert (found.ok, found.directive) == (ok, directive)
    assert found.reason.startswith(reason)


def test_an_unreadable_input_says_its_line(everything: Report) -> None:
    assert point(everything, "broken.json").said["message"] == "no JSON (line 3)"


def test_an_empty_run_has_an_empty_plan() -> None:
    assert parsed(tap.render(Report(results=[]))) == []


def test_a_hash_in_a_name_is_no_directive(finding: Make) -> None:
    decision = decided([finding(subject="a # SKIP \\")], subjects=[])

    [found] = parsed(tap.render(Report(results=[Result(source="a.json", decision=decision)])))

    assert (found.ok, found.directive) == (False, "")
    assert found.description.startswith("a # SKIP \\: SG-MTRL-002")


def test_hostile_names_break_nothing(hostile: Report) -> None:
    text = tap.render(hostile)

    no_command_in(text)
    assert [one.ok for one in parsed(text)].count(False) == 4
