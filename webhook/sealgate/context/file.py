"""Context that somebody supplied: a file, or part of a request to the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from sealgate.errors import UnreadableInputError
from sealgate.reading import files, shapes, strict_json
from sealgate.reading.places import Located, pointer
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Context: TypeAlias = dict[str, Any]

_MOST_TOLD = 10

# An answer as the AWS CLI prints it, and the member of it that the context holds.
_IDENTITY = frozenset({"Account", "Arn", "UserId"})
_ROLE_POLICY = frozenset({"PolicyDocument", "PolicyName", "ResponseMetadata", "RoleName", "UserName"})
_WRAPPED_IN = {"metadata": "KeyMetadata", "policy": "Policy", "grants": "Grants", "tags": "Tags"}


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
    {
        "aliases",
        "buckets",
        "jobs",
        "keys",
        "model_packages",
        "models",
        "objects",
        "organization",
        "principals",
        "unavailable",
    }
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
    unwrapped = dict(context)
    if isinstance(keys := context.get("keys"), dict):
        unwrapped["keys"] = {arn: _unwrapped_key(arn, entry, source) for arn, entry in keys.items()}
    if isinstance(principals := context.get("principals"), dict):
        unwrapped["principals"] = {arn: _unwrapped_principal(arn, entry, source) for arn, entry in principals.items()}
    if isinstance(organization := context.get("organization"), dict):
        unwrapped["organization"] = {
            account: _unwrapped_account(account, entry, source) for account, entry in organization.items()
        }
    if isinstance(caller := context.get("caller"), dict) and "Arn" in caller:
        # The answer of `aws sts get-caller-identity`.
        unwrapped["caller"] = {"arn": caller["Arn"]} | {name: caller[name] for name in caller if name not in _IDENTITY}
    return unwrapped


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
    if "policy" in unwrapped:
        unwrapped["policy"] = _document(unwrapped["policy"], pointer("keys", arn, "policy"), source)
    return unwrapped


def _unwrapped_principal(arn: str, entry: object, source: str | None) -> object:
    if not isinstance(entry, dict):
        return entry
    unwrapped = dict(entry)
    for member in ("permissions_boundary", "trust_policy"):
        if member in entry:
            unwrapped[member] = _document(entry[member], pointer("principals", arn, member), source)
    for member in ("policies", "session_policies"):
        if member in entry:
            unwrapped[member] = _unwrapped_policies(entry[member], ("principals", arn, member), source)
    return unwrapped


def _unwrapped_account(account: str, entry: object, source: str | None) -> object:
    if not isinstance(entry, dict):
        return entry
    unwrapped = dict(entry)
    for member in ("service_control_policies", "resource_control_policies"):
        if isinstance(levels := entry.get(member), list):
            unwrapped[member] = [
                _unwrapped_policies(level, ("organization", account, member, index), source)
                for index, level in enumerate(levels)
            ]
    return unwrapped


def _unwrapped_policies(listed: object, place: tuple[str | int, ...], source: str | None) -> object:
    if not isinstance(listed, list):
        return listed
    return [_unwrapped_policy(policy, pointer(*place, index), source) for index, policy in enumerate(listed)]


def _unwrapped_policy(policy: object, place: str, source: str | None) -> object:
    if isinstance(policy, dict) and "PolicyDocument" in policy and "document" not in policy:
        # The answer of `aws iam get-role-policy`.
        others = {name: value for name, value in policy.items() if name not in _ROLE_POLICY}
        policy = {"name": policy.get("PolicyName", ""), "document": policy["PolicyDocument"], **others}
    if isinstance(policy, dict) and "document" in policy:
        return {**policy, "document": _document(policy["document"], f"{place}/document", source)}
    return _document(policy, place, source)


def _document(document: object, place: str, source: str | None) -> object:
    """Return a policy that is given as JSON text as what it says: read strictly, since parsers differ on the rest."""
    if not isinstance(document, str):
        return document
    text = unquote(document) if document.startswith("%7B") else document
    try:
        return strict_json.loads(text)
    except UnreadableInputError as error:
        message = f"{place} is a policy as JSON text, which can't be read: {error.message}"
        raise UnreadableInputError(f"{message} (line {error.line}, column {error.column})", source=source) from error
