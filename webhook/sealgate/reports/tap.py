"""The Test Anything Protocol, version 14: a test point a subject and rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealgate.reports import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.reports import Report
    from sealgate.reports.cases import Case


def render(report: Report) -> str:
    """Return a stream with its plan first: a point a case, with YAML below it where there is something to say.

    `not ok` is what fails the run. TODO is what only warns, SKIP what was accepted or could not be verified.
    """
    every = [case for of_result in cases.of_report(report) for case in of_result]
    lines = [line for number, case in enumerate(every, 1) for line in _point(number, case)]
    return "\n".join(["TAP version 14", f"1..{len(every)}", *lines])


def _point(number: int, case: Case) -> Iterator[str]:
    passes = case.status in {"passed", "skipped"}
    directive = {"warned": " # TODO ", "skipped": " # SKIP "}.get(case.status, "")
    reason = _escaped(case.message) if directive else ""
    yield f"{'ok' if passes else 'not ok'} {number} - {_escaped(f'{case.subject}: {case.name}')}{directive}{reason}"
    if case.lines:
        # JSON is YAML, whatever stands in a text.
        yield "  ---"
        yield f"  message: {json.dumps(case.message)}"
        yield f"  severity: {json.dumps('todo' if case.status == 'warned' else case.status)}"
        yield f"  kind: {json.dumps(case.kind)}"
        yield "  said:"
        yield from (f"    - {json.dumps(line)}" for line in case.lines)
        yield "  ..."


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("#", "\\#")
