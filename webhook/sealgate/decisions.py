"""From a subject to a decision: what the engine is asked, what counts as its answer, and in which order it is shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NotRequired, TypeAlias, TypedDict, cast

from sealgate.errors import EngineError
from sealgate.reading import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sealgate.engines import Engine

SCHEMA = 1

Outcome: TypeAlias = Literal["violation", "unverified", "advice"]
Enforcement: TypeAlias = Literal["deny", "warn"]
Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
Level: TypeAlias = Literal["required", "recommended", "option", "fact"]
ExceptionStatus: TypeAlias = Literal["applied", "unused", "expired", "no clock", "unreadable expiry"]
Path: TypeAlias = list[str | int]


class Missing(TypedDict):
    """A part of the context that nobody supplied, and the rules that wait for it."""

    part: str
    rules: list[str]


class Finding(TypedDict):
    """What a rule has to say about one place of one subject."""

    rule: str
    outcome: Outcome
    enforcement: Enforcement
    severity: Severity
    level: Level
    subject: str
    path: Path
    message: str
    remediation: str
    requirements: list[str]
    reference: str
    evidence: dict[str, Any]
    missing: NotRequired[Missing]


class Checked(TypedDict):
    """A subject that was judged, and the rules that judged it."""

    subject: str
    operation: str
    rules: list[str]


class Note(TypedDict):
    """How the service behaves: nothing to put right."""

    rule: str
    subject: str
    path: Path
    message: str
    requirements: list[str]
    reference: str


class ExceptionUse(TypedDict):
    """An exception of the settings that concerned this subject, and what became of it."""

    rule: str
    subject: str
    reason: str
    expires: str
    status: ExceptionStatus


class Version(TypedDict):
    """What decided: the version of the policies and of this shape."""

    policies: str
    schema: int


class Decision(TypedDict):
    """The verdict on one input document, as schemas/decision.json describes it."""

    allowed: bool
    findings: list[Finding]
    checked: list[Checked]
    notes: list[Note]
    exceptions: list[ExceptionUse]
    context_from_caller: list[str]
    version: Version


class Excepted(NamedTuple):
    """A finding that a decision leaves out, and the exception of the settings that covers it."""

    finding: Finding
    use: ExceptionUse


def build_document(
    subject: Mapping[str, Any],
    *,
    settings: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
    context_from_caller: Sequence[str],
) -> dict[str, Any]:
    """Return the input document for `subject`, with the JSON strings in it parsed.

    `now` is an aware time; the document carries it in UTC, to the second.
    """
    return {
        "subject": subject,
        "context": context,
        "settings": settings,
        "now": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "parsed": documents.parsed(subject, settings=settings),
        "context_from_caller": list(context_from_caller),
    }


def decide(engine: Engine, document: Mapping[str, Any], *, timeout_s: float | None = None) -> Decision:
    """Return the engine's decision on `document`, in canonical order, within `timeout_s` seconds where they are given.

    Raises EngineError where the engine has no answer, or an answer that is no decision or contradicts itself.
    """
    answer = engine.evaluate(document, timeout_s=timeout_s)
    _decision(answer, "the decision")
    decision = cast("Decision", answer)
    _refuse_contradictions(decision)
    return _ordered(decision)


def excepted(engine: Engine, document: Mapping[str, Any], decision: Decision) -> list[Excepted]:
    """Return what the exceptions of the settings keep out of a decision, in canonical order.

    The engine is asked again without them, where one was applied; the decision stays what it is. Raises EngineError
    like `decide`.
    """
    applied = [use for use in decision["exceptions"] if use["status"] == "applied"]
    if not applied:
        return []
    settings = {name: value for name, value in document["settings"].items() if name != "exceptions"}
    shown = {_identity(finding) for finding in decision["findings"]}
    return [
        Excepted(finding, use)
        for finding in decide(engine, {**document, "settings": settings})["findings"]
        if _identity(finding) not in shown and (use := _covering(finding, applied)) is not None
    ]


def allows_apart_from(engine: Engine, document: Mapping[str, Any], rules: Iterable[str]) -> bool:
    """Say whether the engine would allow the document if violations of these rules were only reported.

    Raises EngineError like `decide`.
    """
    settings = document["settings"]
    enforcement = settings.get("enforcement", {})
    words = {**enforcement.get("rules", {}), **dict.fromkeys(rules, "warn")}
    relaxed = {**settings, "enforcement": {**enforcement, "rules": words}}
    return decide(engine, {**document, "settings": relaxed})["allowed"]


def canonical(decision: Decision) -> str:
    """Return the one JSON text of a decision: byte for byte the same for equal decisions."""
    return json.dumps(decision, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def rule_ids(finding: Finding) -> list[str]:
    """Return the rules that a finding is of: several, where they wait for the same part of the context."""
    return finding["missing"]["rules"] if "missing" in finding else [finding["rule"]]


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    return finding["rule"], finding["subject"], json.dumps(finding["path"]), finding["message"]


def _covering(finding: Finding, applied: Sequence[ExceptionUse]) -> ExceptionUse | None:
    """Return the exception that covers a finding which the engine has left out."""
    for use in applied:
        # Brackets are text in these patterns: addresses are full of them.
        if use["rule"] in rule_ids(finding) and fnmatchcase(finding["subject"], use["subject"].replace("[", "[[]")):
            return use
    return None


def _refuse_contradictions(decision: Decision) -> None:
    """Raise EngineError for an allowance that its own findings deny, or that rests on nothing."""
    if not decision["allowed"]:
        return
    denying = sorted({finding["rule"] for finding in decision["findings"] if finding["enforcement"] == "deny"})
    if denying:
        raise EngineError(f"the engine allowed what {', '.join(denying)} denies", kind="answer")
    if not decision["checked"] and not decision["notes"]:
        raise EngineError("the engine allowed, but checked nothing and says nothing about why", kind="answer")


def _ordered(decision: Decision) -> Decision:
    findings = [_sorted_members(finding) for finding in decision["findings"]]
    return {
        "allowed": decision["allowed"],
        "findings": sorted(findings, key=_finding_order),
        "checked": sorted(
            ({**checked, "rules": sorted(checked["rules"])} for checked in decision["checked"]),
            key=lambda checked: (checked["subject"], checked["operation"], checked["rules"]),
        ),
        "notes": sorted(
            ({**note, "requirements": sorted(note["requirements"])} for note in decision["notes"]),
            key=lambda note: (
                note["rule"],
                note["subject"],
                _path_order(note["path"]),
                note["message"],
                _text_of(note),
            ),
        ),
        "exceptions": sorted(
            decision["exceptions"],
            key=lambda use: (use["rule"], use["subject"], use["status"], use["expires"], use["reason"]),
        ),
        "context_from_caller": sorted(decision["context_from_caller"]),
        "version": decision["version"],
    }


def _sorted_members(finding: Finding) -> Finding:
    ordered: Finding = {**finding, "requirements": sorted(finding["requirements"])}
    if "missing" in finding:
        ordered["missing"] = {"part": finding["missing"]["part"], "rules": sorted(finding["missing"]["rules"])}
    return ordered


_ENFORCEMENTS = ("deny", "warn")
_SEVERITIES = ("critical", "high", "medium", "low")
_LEVELS = ("required", "recommended", "option", "fact")
_OUTCOMES = ("violation", "unverified", "advice")
_EXCEPTION_STATUSES = ("applied", "unused", "expired", "no clock", "unreadable expiry")


def _finding_order(finding: Finding) -> tuple[Any, ...]:
    return (
        _ENFORCEMENTS.index(finding["enforcement"]),
        _SEVERITIES.index(finding["severity"]),
        finding["rule"],
        finding["subject"],
        _path_order(finding["path"]),
        finding["message"],
        _text_of(finding),  # what is left to tell two findings apart
    )


def _path_order(path: Path) -> list[tuple[int, int, str]]:
    """Order positions in lists as numbers, before the names of members."""
    return [(0, step, "") if isinstance(step, int) else (1, 0, step) for step in path]


def _text_of(member: Mapping[str, Any]) -> str:
    return json.dumps(member, sort_keys=True)


# The shape of a decision, checked by hand: a hundred times faster than a schema, and no decision is shown without it.
# tests/test_decisions.py holds it against schemas/decision.json.

_Check: TypeAlias = "Callable[[Any, str], None]"


def _not_a_decision(where: str, expected: str) -> EngineError:
    return EngineError(f"the engine's answer is not a decision: {where} is not {expected}", kind="answer")


def _text(value: object, where: str) -> None:
    if not isinstance(value, str):
        raise _not_a_decision(where, "a string")


def _boolean(value: object, where: str) -> None:
    if not isinstance(value, bool):
        raise _not_a_decision(where, "a boolean")


def _mapping(value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise _not_a_decision(where, "an object")


def _schema_version(value: object, where: str) -> None:
    if isinstance(value, bool) or value != SCHEMA:
        raise _not_a_decision(where, str(SCHEMA))


def _step(value: object, where: str) -> None:
    position = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not (position or isinstance(value, str)):
        raise _not_a_decision(where, "the name of a member or a position")


def _one_of(choices: tuple[str, ...]) -> _Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, str) or value not in choices:
            raise _not_a_decision(where, f"one of {', '.join(choices)}")

    return check


def _list_of(element: _Check) -> _Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, list):
            raise _not_a_decision(where, "an array")
        for position, member in enumerate(value):
            element(member, f"{where}[{position}]")

    return check


def _object(members: Mapping[str, _Check], optional: Iterable[str] = ()) -> _Check:
    required = members.keys() - set(optional)

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _not_a_decision(where, "an object")
        if absent := sorted(required - value.keys()):
            raise _not_a_decision(where, f"complete without {', '.join(absent)}")
        for name, member in value.items():
            if name not in members:
                raise _not_a_decision(f"{where}.{name}", "a known member")
            members[name](member, f"{where}.{name}")

    return check


_texts = _list_of(_text)
_path = _list_of(_step)

_decision = _object(
    {
        "allowed": _boolean,
        "findings": _list_of(
            _object(
                {
                    "rule": _text,
                    "outcome": _one_of(_OUTCOMES),
                    "enforcement": _one_of(_ENFORCEMENTS),
                    "severity": _one_of(_SEVERITIES),
                    "level": _one_of(_LEVELS),
                    "subject": _text,
                    "path": _path,
                    "message": _text,
                    "remediation": _text,
                    "requirements": _texts,
                    "reference": _text,
                    "evidence": _mapping,
                    "missing": _object({"part": _text, "rules": _texts}),
                },
                optional=["missing"],
            )
        ),
        "checked": _list_of(_object({"subject": _text, "operation": _text, "rules": _texts})),
        "notes": _list_of(
            _object(
                {
                    "rule": _text,
                    "subject": _text,
                    "path": _path,
                    "message": _text,
                    "requirements": _texts,
                    "reference": _text,
                }
            )
        ),
        "exceptions": _list_of(
            _object(
                {
                    "rule": _text,
                    "subject": _text,
                    "reason": _text,
                    "expires": _text,
                    "status": _one_of(_EXCEPTION_STATUSES),
                }
            )
        ),
        "context_from_caller": _texts,
        "version": _object({"policies": _text, "schema": _schema_version}),
    }
)
