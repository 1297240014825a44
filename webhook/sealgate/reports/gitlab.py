"""GitLab's Code Quality report, a subset of what Code Climate describes: an issue a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealgate import fingerprints
from sealgate.reports import findings, problem
from sealgate.reports.text import as_json, printable

if TYPE_CHECKING:
    from sealgate.reports import Report, Result
    from sealgate.reports.findings import Shown

_SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(report: Report) -> str:
    """Return a JSON array of issues: description, check_name, fingerprint, severity, location.

    The severity of a violation is that of its rule; what could not be verified and what is advised is `info`, unless
    it fails the run. What was accepted, by a baseline or an exception, is left out; an input without a decision is a
    blocker.
    """
    issues = []
    for result, shown in zip(report.results, findings.of_report(report), strict=True):
        issues += [_issue(one) for one in shown if not one.accepted]
        if result.decision is None:
            described = problem.describe(result.error)
            issues.append(_problem(result, described["type"], described["message"], described.get("line")))
        elif not result.passed(strict=report.strict) and not any(one.failing for one in shown):
            issues.append(_problem(result, "not_judged", "not all of it was judged", None))
    return as_json(issues)


def _issue(shown: Shown) -> dict[str, Any]:
    finding = shown.finding
    is_fault = shown.failing or finding["outcome"] == "violation"
    text = f"{finding['subject']}: {finding['message']}. {finding['remediation']}"
    return {
        "description": printable(text),
        "check_name": finding["rule"],
        "fingerprint": shown.fingerprint,
        "severity": _SEVERITIES[finding["severity"]] if is_fault else "info",
        "location": _location(shown.location.file, shown.location.line) if shown.location else _location("stdin", None),
    }


def _problem(result: Result, kind: object, message: object, line: object) -> dict[str, Any]:
    file = findings.file_of(result) or "stdin"
    return {
        "description": printable(f"{file}: {message}"),
        "check_name": str(kind),
        "fingerprint": fingerprints.fingerprint(rule=str(kind), outcome="error", subject=file, path=(), missing=None),
        "severity": "blocker",
        "location": _location(file, line),
    }


def _location(file: str, line: object) -> dict[str, Any]:
    return {"path": printable(file), "lines": {"begin": line if isinstance(line, int) else 1}}
