"""Workflow commands of GitHub Actions: an annotation a finding, the worst first, since GitHub shows ten of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealgate.reports import findings, problem
from sealgate.reports.text import printable, where

if TYPE_CHECKING:
    from sealgate.origins import Location
    from sealgate.reports import Report, Result
    from sealgate.reports.findings import Shown

_COMMANDS = {"deny": "error", "warn": "warning", "unverified": "notice", "advice": "notice"}
_ORDER = ("error", "warning", "notice")


def render(report: Report) -> str:
    """Return a command a line: `::error file=...,line=...,title=...::message`, and a line that sums up.

    What fails the run is an error, another violation a warning, the rest a notice. What was accepted, by a baseline
    or an exception, is not shown.
    """
    lines = []
    accepted = 0
    for result, shown in zip(report.results, findings.of_report(report), strict=True):
        if result.decision is None:
            lines.append(_error(result))
        elif not result.passed(strict=report.strict) and not any(one.failing for one in shown):
            title = "sealgate: not all of it was judged"
            lines.append(_command("error", findings.location_of(result), title, f"{result.name} is not allowed"))
        lines += [_finding(one) for one in shown if not one.accepted]
        accepted += sum(one.accepted for one in shown)
    # Python's sort is stable: within a kind they stay in the order of the decision.
    lines.sort(key=lambda line: _ORDER.index(line[2:].partition(" ")[0]))
    return "\n".join([*lines, _summary(report, len(lines), accepted)])


def _finding(shown: Shown) -> str:
    finding = shown.finding
    command = "error" if shown.failing else _COMMANDS[shown.kind]
    path = where(finding["path"])
    message = [f"{finding['subject']}: {finding['message']}", finding["remediation"], f"where: {path}" if path else ""]
    message.append(f"see: {finding['reference']}" if finding["reference"] else "")
    return _command(command, shown.location, f"sealgate {', '.join(shown.rules)}", *message)


def _error(result: Result) -> str:
    described = problem.describe(result.error)
    line = described.get("line")
    location = findings.location_of(result, line if isinstance(line, int) else None)
    word = str(described["type"]).replace("_", " ")
    return _command("error", location, f"sealgate: {word}", f"{result.name}: {described['message']}")


def _command(command: str, location: Location | None, title: str, *message: str) -> str:
    properties = {}
    if location is not None:
        properties["file"] = location.file
        if location.line is not None:
            properties["line"] = str(location.line)
    properties["title"] = title
    listed = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{command} {listed}::{'%0A'.join(_data(line) for line in message if line)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _summary(report: Report, count: int, accepted: int) -> str:
    verdict = "passed" if report.passed else "failed"
    annotations = f"{count} annotation{'' if count == 1 else 's'}"
    return f"sealgate: {verdict}; {annotations}" + (f"; {accepted} accepted and not shown" if accepted else "")
