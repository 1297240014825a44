"""SARIF 2.1.0, for GitHub code scanning, Azure DevOps, editors and whatever else collects findings."""

from __future__ import annotations

import os
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sealgate import __version__, resources
from sealgate.errors import EngineError
from sealgate.reports import findings, problem
from sealgate.reports.text import as_json, printable, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sealgate.decisions import ExceptionUse, Note
    from sealgate.origins import Location
    from sealgate.reports import Report, Result
    from sealgate.reports.findings import Shown

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"

_LEVELS = {"deny": "error", "warn": "warning", "advice": "note"}
_RULE_LEVELS = {"required": "error", "recommended": "warning", "option": "error", "fact": "note"}
# GitHub: over 9 is critical, from 7 high, from 4 medium.
_SECURITY_SEVERITIES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
_NOT_HONOURED = {"expired", "no clock", "unreadable expiry"}


def render(report: Report) -> str:
    """Return a log with one run: the rules, a result a finding, and what else there is to say as notifications.

    A denial is an error, a violation that only warns a warning, advice a note. What could not be verified is of the
    kind `open` while it only warns. What was accepted, by a baseline or an exception, is suppressed. Fingerprints are
    those of baselines, with a number where several are the same; GitHub reads them under its own name.
    """
    rules = _rules(report)
    positions = {rule["id"]: position for position, rule in enumerate(rules)}
    shown = findings.of_report(report)
    run: dict[str, Any] = {
        "tool": {"driver": _driver(rules)},
        "invocations": [_invocation(report)],
        "results": [_result(one, positions, report) for of_result in shown for one in of_result],
        "columnKind": "unicodeCodePoints",
    }
    if report.baseline is not None:
        fixed = report.baseline.fixed
        run["properties"] = {
            "baseline": {
                "file": report.baseline.source,
                "accepted": report.baseline.accepted,
                "fixed": None if fixed is None else [entry["fingerprint"] for entry in fixed],
            }
        }
    return as_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "name": "sealgate",
        "version": __version__,
        "semanticVersion": __version__,
        "shortDescription": {"text": "Whether a job will work with its KMS key, and who else could use the key."},
        "rules": rules,
    }


def _rules(report: Report) -> list[dict[str, Any]]:
    """Return every rule of the catalogue, and those that an engine with other policies speaks of."""
    areas: dict[str, dict[str, dict[str, Any]]] = resources.tables().get("rules", {})
    known = {rule["id"]: _rule(name, rule) for area in areas.values() for name, rule in area.items()}
    said = {
        part["rule"]
        for result in report.results
        if result.decision
        for part in (*result.decision["findings"], *result.decision["notes"], *result.decision["exceptions"])
    }
    return [known.get(rule, {"id": rule}) for rule in sorted({*known, *said})]


def _rule(name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    fix = rule["remediation"]
    requirements = ", ".join(rule["requirements"])
    text = [rule["description"], f"Fix: {fix}" if fix else "", f"Requirements: {requirements}"]
    markdown = [rule["description"], f"**Fix:** {fix}" if fix else "", f"**Requirements:** {requirements}"]
    markdown.append(f"[Documentation]({rule['reference']})" if rule["reference"] else "")
    described: dict[str, Any] = {
        "id": rule["id"],
        "name": "".join(word.capitalize() for word in name.split("_")),
        "shortDescription": {"text": rule["title"]},
        "fullDescription": {"text": rule["description"] or rule["title"]},
        "help": {
            "text": "\n\n".join(part for part in text if part),
            "markdown": "\n\n".join(part for part in markdown if part),
        },
        "defaultConfiguration": {"level": "error" if rule["always"] else _RULE_LEVELS[rule["level"]]},
        "properties": {
            "tags": ["security", "encryption", "aws-kms"],
            "precision": "high",
            "security-severity": _SECURITY_SEVERITIES[rule["severity"]],
            "severity": rule["severity"],
            "level": rule["level"],
            "requirements": rule["requirements"],
        },
    }
    if rule["reference"]:
        described["helpUri"] = rule["reference"]
    return described


def _result(shown: Shown, positions: Mapping[str, int], report: Report) -> dict[str, Any]:
    finding = shown.finding
    result: dict[str, Any] = {
        "ruleId": finding["rule"],
        "ruleIndex": positions.get(finding["rule"], -1),
        **_level(shown),
        "message": {"text": _message(f"{finding['message']}. {finding['remediation']}")},
        "locations": [_location(finding["subject"], finding["path"], shown.location)],
        # GitHub reads nothing but the second, and would make one alert of all instances of a resource.
        "partialFingerprints": {"sealgate/v1": shown.fingerprint, "primaryLocationLineHash": shown.fingerprint},
        "properties": {
            "outcome": finding["outcome"],
            "enforcement": finding["enforcement"],
            "severity": finding["severity"],
            "subject": finding["subject"],
            "path": finding["path"],
            "requirements": finding["requirements"],
            "rules": shown.rules,
        },
    }
    if shown.exception is not None:
        result["suppressions"] = [_suppression(_granted(shown.exception))]
    elif shown.baselined and report.baseline is not None:
        result["suppressions"] = [_suppression(f"in the baseline {report.baseline.source}")]
    else:
        # A consumer takes results without the member for unknown, once one of them has it.
        result["suppressions"] = []
    if report.baseline is not None:
        result["baselineState"] = "unchanged" if shown.baselined else "new"
    return result


def _level(shown: Shown) -> dict[str, str]:
    if shown.failing:
        return {"kind": "fail", "level": "error"}
    if shown.kind == "unverified":
        # SARIF has no level for what is no failure.
        return {"kind": "open", "level": "none"}
    return {"kind": "fail", "level": _LEVELS[shown.kind]}


def _suppression(justification: str) -> dict[str, str]:
    return {"kind": "external", "status": "accepted", "justification": printable(justification)}


def _granted(use: ExceptionUse) -> str:
    return f"exception for {use['subject']} until {use['expires']}: {use['reason']}"


def _location(subject: str, path: Sequence[str | int], location: Location | None) -> dict[str, Any]:
    logical = {"fullyQualifiedName": printable(subject), "kind": "resource"}
    if path:
        logical["decoratedName"] = printable(f"{subject} {where(path)}")
    described: dict[str, Any] = {"logicalLocations": [logical]}
    if location is not None:
        described["physicalLocation"] = {
            "artifactLocation": _artifact(location.file),
            # GitHub shows no result without a line.
            "region": {"startLine": location.line or 1},
        }
    return described


def _artifact(file: str) -> dict[str, str]:
    uri = quote(file.encode(errors="backslashreplace"))
    return {"uri": f"file://{uri}"} if os.path.isabs(file) else {"uri": uri, "uriBaseId": _ROOT}  # noqa: PTH117 a text


def _invocation(report: Report) -> dict[str, Any]:
    invocation: dict[str, Any] = {
        "executionSuccessful": all(result.decision is not None for result in report.results),
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [said for result in report.results for said in _notifications(result)],
        "toolConfigurationNotifications": list(_configuration(report)),
    }
    if report.now is not None:
        invocation["startTimeUtc"] = report.now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return invocation


def _notifications(result: Result) -> Iterator[dict[str, Any]]:
    place = findings.location_of(result)
    if result.decision is None:
        described = problem.describe(result.error)
        line = described.get("line")
        location = findings.location_of(result, line if isinstance(line, int) else None)
        descriptor = "no-decision" if isinstance(result.error, EngineError) else "unreadable-input"
        text = f"{result.name}: {described['message']}"
        yield _notification("error", text, location, result.name) | {"descriptor": {"id": descriptor}}
        return
    denies = any(finding["enforcement"] == "deny" for finding in result.decision["findings"])
    if not result.allowed and not denies:
        yield _notification("error", f"{result.name}: not all of it was judged", place, result.source)
    for note in result.decision["notes"]:
        yield _note(note, result)


def _note(note: Note, result: Result) -> dict[str, Any]:
    location = result.locate(note["subject"], note["path"]) or findings.location_of(result)
    said = _notification("note", note["message"], location, note["subject"])
    return said | {"associatedRule": {"id": note["rule"]}}


def _configuration(report: Report) -> Iterator[dict[str, Any]]:
    told = set()
    for result in report.results:
        for use in result.decision["exceptions"] if result.decision else ():
            text = f"the exception from {use['rule']} for {use['subject']} is not honoured ({use['status']})"
            if use["status"] in _NOT_HONOURED and text not in told:
                told.add(text)
                yield {"level": "warning", "message": {"text": _message(text)}, "associatedRule": {"id": use["rule"]}}


def _notification(level: str, text: str, location: Location | None, subject: str) -> dict[str, Any]:
    return {
        "level": level,
        "message": {"text": _message(text)},
        "locations": [_location(subject, (), location)],
    }


def _message(text: str) -> str:
    """Return a text as a message of SARIF, in which {0} is a placeholder and [text](target) a link."""
    plain = printable(text)
    plain = re.sub(r"\{(\d+)\}", r"{{\1}}", plain)
    return plain.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") if "](" in plain else plain
