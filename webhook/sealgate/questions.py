"""What is asked besides the verdict: a job's calls one by one, the policies that it needs, who can use a key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias, TypedDict, TypeVar, cast

from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reading import shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sealgate.decisions import Path, Version
    from sealgate.engines import Engine

Policy: TypeAlias = dict[str, Any]
"""A policy document, or a statement of one, as AWS writes it."""


class Question(TypedDict, total=False):
    """How policies are to be written, or which key is meant; every member is optional."""

    for_any_job: bool
    minimal_conditions: bool
    merge: Policy
    key: str
    before: Policy


class Statement(TypedDict):
    """Where a statement stands, or a grant."""

    layer: str
    policy: str | None
    index: int | None
    sid: str | None


class NearStatement(Statement):
    """A statement that came near to allowing a call, and why it does not."""

    reason: str


class Missing(TypedDict):
    """Something that is not known, and how to supply it."""

    layer: NotRequired[str]
    part: str
    reason: str
    supply: NotRequired[str]


class Call(TypedDict):
    """One action that somebody calls on one key, and what IAM decides on it."""

    job: str
    call: str
    who: str
    principal: str | None
    action: str
    key: str | None
    path: Path
    via: str | None
    decision: Literal["allowed", "denied", "undecided"]
    by: Statement | None
    through: Literal["key_policy", "identity_via_key_policy", "grant", "identity"] | None
    nearest: list[NearStatement]
    missing: list[Missing]
    requirements: list[str]
    inferred: bool


class Explanation(TypedDict):
    """Every call of a job, as schemas/explanation.json describes it."""

    calls: list[Call]
    problems: list[str]
    version: Version


class KeyPolicy(TypedDict):
    """What belongs into the policy of one key."""

    key: str
    statements: list[Policy]
    merged: Policy | None


class IdentityPolicy(TypedDict):
    """The own policy of one principal."""

    who: str
    principal: str
    document: Policy


class Unmet(TypedDict):
    """A call that is not allowed with the generated policies either."""

    call: str
    principal: str
    action: str
    key: str
    decision: Literal["denied", "undecided"]
    reason: str


class Open(TypedDict):
    """A call for which nothing could be written."""

    call: str
    reason: str
    supply: str | None


class GeneratedPolicies(TypedDict):
    """The policies that a job needs, as schemas/generated_policy.json describes them."""

    key_policies: list[KeyPolicy]
    identity_policies: list[IdentityPolicy]
    verified: bool
    minimal: bool
    unmet: list[Unmet]
    open: list[Open]
    notes: list[str]
    problems: list[str]
    version: Version


class Change(TypedDict):
    """What a holder can do with a key."""

    width: int
    kind: Literal["everyone", "other_account", "account", "service", "principal"]
    who: str
    actions: list[str]
    conditions: Policy
    services: list[str]
    widens: list[str]


class Holder(Change):
    """What a holder can do with a key, and by what."""

    by: Statement | None
    source: Literal["key_policy", "identity", "grant"]
    certain: bool
    depends_on: list[str]


class Denial(TypedDict):
    """A Deny statement of a key policy."""

    by: Statement
    principal: Policy
    actions: list[str]
    conditions: Policy


class Diff(TypedDict):
    """What changed between two key policies."""

    gained: list[Change]
    lost: list[Change]


class Exposure(TypedDict):
    """Who can use a key, as schemas/exposure.json describes it."""

    key: str
    holders: list[Holder]
    denials: list[Denial]
    unknown: list[Missing]
    diff: Diff | None
    problems: list[str]
    version: Version


class KeyChange(TypedDict):
    """Who gains and who loses a key by a plan, as schemas/exposure_changes.json describes it."""

    key: str
    subject: str
    gained: list[Change]
    lost: list[Change]
    unknown: list[str]


Member = TypeVar("Member", bound="Mapping[str, object]")
Held = TypeVar("Held", bound=Change)


def explain(engine: Engine, document: Mapping[str, Any]) -> Explanation:
    """Return every call of the job in the input document, ordered by call and action.

    Raises UnreadableInputError where the document's request can't be read, EngineError where there is no answer.
    """
    answer = cast("Explanation", _answer(engine, document, "explanation"))
    return {
        **answer,
        "calls": sorted(
            (
                {**call, "nearest": _ordered(call["nearest"]), "missing": _ordered(call["missing"])}
                for call in answer["calls"]
            ),
            key=lambda call: (call["job"], call["key"] or "", call["call"], call["action"], _text(call)),
        ),
    }


def generate(engine: Engine, document: Mapping[str, Any], question: Question) -> GeneratedPolicies:
    """Return the smallest policies with which every call of the job in the input document is allowed.

    Raises UnreadableInputError where the document's request or the policy to complete can't be read or does not fit,
    EngineError where there is no answer.
    """
    asked = {**document, "question": question}
    answer = cast("GeneratedPolicies", _answer(engine, asked, "generated_policy"))
    return {
        **answer,
        "key_policies": _ordered(answer["key_policies"]),
        "identity_policies": _ordered(answer["identity_policies"]),
        "unmet": _ordered(answer["unmet"]),
        "open": _ordered(answer["open"]),
        "notes": sorted(answer["notes"]),
    }


def expose(engine: Engine, context: Mapping[str, Any], question: Question) -> Exposure:
    """Return who can use the key of the question by what the context knows, the widest first.

    Raises UnreadableInputError where the key or a key policy can't be read, EngineError where there is no answer.
    """
    answer = cast("Exposure", _answer(engine, {"context": context, "question": question}, "exposure"))
    diff = answer["diff"]
    return {
        **answer,
        "holders": _widest_first(answer["holders"]),
        "denials": _ordered(answer["denials"]),
        "unknown": _ordered(answer["unknown"]),
        "diff": diff and {"gained": _widest_first(diff["gained"]), "lost": _widest_first(diff["lost"])},
    }


def compare(engine: Engine, document: Mapping[str, Any]) -> list[KeyChange]:
    """Return who gains and who loses keys by the Terraform plan of an input document, by key.

    Raises EngineError where there is no answer.
    """
    changes: list[KeyChange] = _answer(engine, document, "exposure_changes")["changes"]
    return [
        {
            **change,
            "gained": _widest_first(change["gained"]),
            "lost": _widest_first(change["lost"]),
            "unknown": sorted(change["unknown"]),
        }
        for change in sorted(changes, key=lambda change: (change["subject"], change["key"]))
    ]


def _answer(engine: Engine, document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the value of an entry point, which has the shape that the schema of its name describes."""
    answer = engine.evaluate(document, entrypoint=f"sealgate/{name}")
    if faults := shapes.faults(answer, name):
        raise EngineError(f"the engine's answer is not of the shape {name}: {faults[0].message}")
    if answer.get("problems"):
        raise UnreadableInputError("; ".join(sorted(answer["problems"])))
    return answer


def _ordered(members: Iterable[Member]) -> list[Member]:
    """Return the members in the one order that does not depend on the engine."""
    return sorted(members, key=_text)


def _widest_first(holders: Sequence[Held]) -> list[Held]:
    return sorted(holders, key=lambda holder: (holder["width"], holder["who"], _text(holder)))


def _text(member: Mapping[str, object]) -> str:
    return json.dumps(member, sort_keys=True)
