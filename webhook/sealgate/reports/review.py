"""The answer to an API server: an AdmissionReview that allows or denies, and never changes the object.

What an API server makes of each member, and which texts it cuts or drops: VerifyAdmissionResponse and ToStatusErr
(kubernetes/apiserver, pkg/admission/plugin/webhook), and pkg/endpoints/filters/warning.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from sealgate.decisions import rule_ids
from sealgate.reading.reviews import API_VERSION, KIND
from sealgate.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sealgate.decisions import Decision, Finding, Path
    from sealgate.reading.reviews import Review

# In characters, as API servers count them. Above 4096 in all they cut each warning at 256.
_LONGEST_WARNING = 256
_WANTED_WARNING = 120
_ALL_WARNINGS = 4096
# A terminal's page or two; a client may keep the whole status.
_LONGEST_MESSAGE = 4096
_LONGEST_LINE = 1024
_MOST_CAUSES = 50
_LONGEST_ANNOTATION = 1024

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

_REASONS = {400: "BadRequest", 500: "InternalError", 503: "ServiceUnavailable"}


def decided(review: Review, decision: Decision) -> dict[str, Any]:
    """Return the answer that a decision is, as a JSON object."""
    denying = [finding for finding in decision["findings"] if finding["enforcement"] == "deny"]
    others = [finding for finding in decision["findings"] if finding["enforcement"] != "deny"]
    members: dict[str, Any] = {}
    if not decision["allowed"]:
        members["status"] = {
            "status": "Failure",
            "code": 403,
            "reason": "Forbidden",
            "message": _message(denying),
            "details": {**review.details, "causes": [_cause(finding) for finding in denying[:_MOST_CAUSES]]},
        }
    if others:
        members["warnings"] = _warnings(others)
    members["auditAnnotations"] = {
        "verdict": "allowed" if decision["allowed"] else "denied",
        "policies": decision["version"]["policies"],
        **({"rules": _rules(decision["findings"])} if decision["findings"] else {}),
    }
    return _review(review.uid, allowed=decision["allowed"], members=members)


def undecided(
    uid: str, code: Literal[400, 500, 503], message: str, details: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the denial that stands where there is no decision: `code` and `message` say why."""
    status = {"status": "Failure", "code": code, "reason": _REASONS[code], "message": printable(message)}
    members: dict[str, Any] = {"status": {**status, "details": details} if details else status}
    return _review(uid, allowed=False, members={**members, "auditAnnotations": {"verdict": "no_decision"}})


def field(path: Path) -> str:
    """Return a path as Kubernetes writes it: `spec.tags[0].key`, `metadata.annotations[services.k8s.aws/region]`."""
    text = ""
    for step in path:
        if isinstance(step, str) and _NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{step}]"
    return text


def _review(uid: str, *, allowed: bool, members: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "kind": KIND, "response": {"uid": uid, "allowed": allowed, **members}}


def _message(denying: list[Finding]) -> str:
    """Return a line a finding, as many as there is room for."""
    if not denying:
        return "it is not allowed, since not all of it could be judged"
    lines: list[str] = []
    room = _LONGEST_MESSAGE
    for index, finding in enumerate(denying):
        line = _cut(printable(f"{_told(finding)}. {finding['remediation']}"), _LONGEST_LINE)
        if len(line) >= room:
            rest = len(denying) - index
            return "\n".join([*lines, f"and {rest} more finding{'s' if rest > 1 else ''}"])
        lines.append(line)
        room -= len(line) + len("\n")
    return "\n".join(lines)


def _told(finding: Finding) -> str:
    where = field(finding["path"])
    # Most messages name the field themselves.
    return printable(_said(finding) if where in finding["message"] else f"{where}: {_said(finding)}")


def _said(finding: Finding) -> str:
    return f"{finding['message']} ({', '.join(rule_ids(finding))})"


def _cause(finding: Finding) -> dict[str, str]:
    cause = {"reason": finding["rule"], "message": _cut(printable(finding["message"]), _LONGEST_LINE)}
    where = field(finding["path"])
    return {**cause, "field": printable(where)} if where else cause


def _warnings(findings: Iterable[Finding]) -> list[str]:
    """Return each warning once, as many as an API server passes on whole."""
    every = list(dict.fromkeys(_warning(finding) for finding in findings))
    if sum(map(len, every)) <= _ALL_WARNINGS:
        return every
    kept: list[str] = []
    room = _ALL_WARNINGS - _WANTED_WARNING
    for warning in every:
        room -= len(warning)
        if room < 0:
            break
        kept.append(warning)
    return [*kept, f"and {len(every) - len(kept)} more warnings: sealgate's log names their rules"]


def _warning(finding: Finding) -> str:
    """Return a finding as a warning: without its field where only then it is as short as warnings should be."""
    whole, short = _told(finding), printable(_said(finding))
    if len(whole) > _WANTED_WARNING >= len(short):
        return short
    if len(whole) <= _LONGEST_WARNING:
        return whole
    rules = f" ({', '.join(rule_ids(finding))})"
    return _cut(printable(finding["message"]), _LONGEST_WARNING - len(rules)) + rules


def _rules(findings: Iterable[Finding]) -> str:
    return _cut(" ".join(sorted(set(_named(findings)))), _LONGEST_ANNOTATION)


def _named(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        for rule in rule_ids(finding):
            yield f"{rule}={finding['enforcement']}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
