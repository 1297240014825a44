"""Context that somebody supplied: a file, or part of a request to the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sealgate.errors import UnreadableInputError
from sealgate.reading import files, shapes
from sealgate.reading.places import Located, pointer
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Context: TypeAlias = dict[str, Any]

_MOST_TOLD = 10

# An answer as the AWS CLI prints it, and the member of it that the context holds.
_WRAPPED_IN = {"metadata": "KeyMetadata", "policy": "Policy", "grants": "Grants"}


def load(path: str | Path) -> Context:
    """Return the context in a JSON or YAML file.

    Raises UnreadableInputError where the file can't be read or is no context, with everything that is wrong with it.
    """
    return _context(files.read_located(path), str(path))


def read(value: object, *, source: str | None = None) -> Context:
    """Return the context that `value` is, with each answer of the AWS CLI reduced to what the context holds of it.

    Raises UnreadableInputError, which names `source`, where it is none.
    """
    return _context(Located(value), source)


def merge(
    defaults: Mapping[str, Any], service: Mapping[str, Any], caller: Mapping[str, Any] | None
) -> tuple[Context, list[str]]:
    """Return one context of three, and the JSON Pointers of what in it came from the caller, sorted.

    What the service knows comes before its defaults, and both before what the caller says. Parts that hold entries
    (keys, aliases, buckets, ...) are merged entry by entry, never inside an entry; an entry that is null is one. The
    arguments stay as they are.
    """
    merged: Context = {}
    from_caller: list[str] = []
    for content, is_callers in ((service, False), (defaults, False), (caller or {}, True)):
        for part, value in content.items():
            if part in _WITH_ENTRIES:
                entries = merged.setdefault(part, {})
                added = [name for name in value if name not in entries]
                entries.update({name: value[name] for name in added})
                taken = [pointer(part, name) for name in added]
            elif part not in merged:
                merged[part] = value
                taken = [pointer(part)]
            else:
                taken = []
            from_caller += taken if is_callers else []
    return merged, sorted(from_caller)


_WITH_ENTRIES = frozenset(
    {"keys", "aliases", "principals", "objects", "buckets", "model_packages", "models", "jobs", "organization"}
)


def _context(located: Located, source: str | None) -> Context:
    value = located.value
    if not isinstance(value, dict):
        raise UnreadableInputError(f"a context is an object, and this is {kind(value)}", source=source)
    value = _unwrapped(value, source)
    if faults := shapes.faults(value, "context"):
        told = [fault.message for fault in faults[:_MOST_TOLD]]
        if len(faults) > _MOST_TOLD:
            told.append(f"and {len(faults) - _MOST_TOLD} more")
        line, column = located.position(faults[0].path)
        raise UnreadableInputError(
            "the context can't be used: " + "; ".join(told), source=source, line=line, column=column
        )
    return value


def _unwrapped(context: Context, source: str | None) -> Context:
    keys = context.get("keys")
    if not isinstance(keys, dict):
        return context
    return {**context, "keys": {arn: _unwrapped_key(arn, entry, source) for arn, entry in keys.items()}}


def _unwrapped_key(arn: str, entry: object, source: str | None) -> object:
    if not isinstance(entry, dict):
        return entry
    unwrapped = dict(entry)
    for member, wrapper in _WRAPPED_IN.items():
        answer = entry.get(member)
        if isinstance(answer, dict) and wrapper in answer:
            if answer.get("Truncated"):
                message = f"{pointer('keys', arn, member)} is cut off ({quoted('Truncated')}): ask for the whole list"
                raise UnreadableInputError(message, source=source)
            unwrapped[member] = answer[wrapper]
    return unwrapped
