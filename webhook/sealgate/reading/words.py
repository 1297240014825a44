"""The words in which faults are told: what a value is, and which known name a misspelt one was meant to be."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 80
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def kind(value: object) -> str:
    """Return what a JSON value is, with its article: `a list`."""
    return _KINDS[type(value)]


def quoted(text: str) -> str:
    """Return `text` as JSON writes it, so that a quote or a line break in it can't pass for ours; cut when long."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return json.dumps(cut, ensure_ascii=False).encode(errors="backslashreplace").decode()


def folded(name: str) -> str:
    """Return the same text for spellings that differ in case, hyphens and underscores only."""
    return name.casefold().replace("-", "").replace("_", "")


def did_you_mean(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return `: did you mean "..."?` for the known name that is nearest to `name`, or nothing when none is near.

    `cutoff` says how near, up to 1 for the same but for case, hyphens and underscores.
    """
    by_folded = {folded(candidate): candidate for candidate in known}
    near = difflib.get_close_matches(folded(name)[:_LONGEST], by_folded, n=1, cutoff=cutoff)
    return f": did you mean {quoted(by_folded[near[0]])}?" if near else ""
