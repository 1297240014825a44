"""A job's calls for people: a line a call, under the key that it is made on."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from sealgate.reports.text import Page, printable, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealgate.questions import Call, Explanation, Statement
    from sealgate.reports.text import Style

_STYLES: dict[str, Style] = {"allowed": "good", "denied": "bad", "undecided": "doubtful"}

_THROUGH = {
    "key_policy": "by",
    "identity_via_key_policy": "by its own policy, to which the key policy delegates:",
    "grant": "by",
    "identity": "by its own policy:",
}


def as_json(explanation: Explanation) -> str:
    """Return the explanation as JSON, indented, keys ordered."""
    return json.dumps(explanation, indent=2, sort_keys=True)


def render(explanation: Explanation, page: Page) -> str:
    """Return a block a job and key: its calls, each with what IAM decides and by which statement; and a summary."""
    calls = explanation["calls"]
    if not calls:
        return "no KMS call of this request is known: it names no key, or none that can be used (ask sealgate check)"
    blocks = [_block(list(group), page) for _, group in groupby(calls, key=lambda call: (call["job"], call["key"]))]
    return "\n\n".join([*blocks, _who(calls, page), page.paint(_summary(calls), "strong")])


def statement_name(statement: Statement) -> str:
    """Return what a person would call a statement: its policy, and its Sid or its number from 1."""
    policy = statement["policy"] or statement["layer"].replace("_", " ")
    if statement["layer"] == "grant":
        return policy
    if statement["sid"] is not None:
        return f"{policy}, {statement['sid']}"
    return policy if statement["index"] is None else f"{policy}, statement {statement['index'] + 1}"


def _block(calls: Sequence[Call], page: Page) -> str:
    first = calls[0]
    heading = f"{printable(first['job'])}: {printable(first['key'] or 'keys that are not known')}"
    places = sorted({where(call["path"]) for call in calls})
    action = max(len(call["action"]) for call in calls)
    who = max(len(call["who"]) for call in calls)
    lines = [
        page.wrapped(
            _reason(call),
            label=f"{call['decision'].upper():<9}  {call['action']:<{action}}  {printable(call['who']):<{who}} ",
            indent=2,
            style=_STYLES[call["decision"]],
        )
        for call in calls
    ]
    return "\n".join([page.paint(heading, "strong"), f"  named by {printable(', '.join(places))}", *lines])


def _reason(call: Call) -> str:
    return "; ".join(_reasons(call))


def _reasons(call: Call) -> Iterator[str]:
    if call["via"]:
        yield f"through {call['via']}"
    if call["decision"] == "allowed":
        yield f"{_THROUGH[call['through'] or 'grant']} {_allowing(call)}"
    elif call["by"]:
        yield f"{statement_name(call['by'])} denies it"
    elif call["decision"] == "undecided":
        yield from sorted({missing["reason"] for missing in call["missing"]})
    yield from (f"{statement_name(near)}: {near['reason']}" for near in call["nearest"])
    if call["inferred"]:
        yield "that the job makes this call is an inference"


def _allowing(call: Call) -> str:
    # The root user is allowed without a statement.
    return statement_name(call["by"]) if call["by"] else "no statement: it is the account's root user"


def _who(calls: Sequence[Call], page: Page) -> str:
    principals = sorted({(call["who"], call["principal"]) for call in calls if call["principal"]})
    return "\n".join(page.wrapped(principal, label=f"{who}:", indent=0) for who, principal in principals)


def _summary(calls: Sequence[Call]) -> str:
    counts: Counter[str] = Counter(call["decision"] for call in calls)
    parts = ", ".join(f"{counts[decision]} {decision}" for decision in _STYLES if counts[decision])
    return f"{len(calls)} call{'' if len(calls) == 1 else 's'}: {parts}"
