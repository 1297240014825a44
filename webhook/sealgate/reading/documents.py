"""The JSON documents that stand as strings in a request."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json
from sealgate.reading.places import pointer
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sealgate.reading.places import Path

Entry: TypeAlias = dict[str, Any]

MAX_JOB_CONFIG_CHARACTERS = 262_144
"""The longest JobConfigDocument that CreateJob takes, and the longest document that is assembled."""

_LONGEST_NAME = 80

_BLANKS = " \t\n\r"

# Stands for the text of a variable: no text that was read contains it, and no JSON may.
_UNKNOWN = "\ud800"

_STRING_OR_UNKNOWN = re.compile(rf'(?P<text>"(?:[^"\\]|\\.)*+"?|{_UNKNOWN})(?P<colon>[{_BLANKS}]*+:)?', re.DOTALL)


def parsed(
    subject: Mapping[str, Any],
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Entry]:
    """Return what stands in each JSON string of the subject, by its JSON Pointer into the subject.

    The table of operations, `tables` or the shipped one, says which members are JSON strings; `settings` say which
    Kubernetes objects hold the parameters of an operation, and where. An entry is `{"value"}`; or `{"error"}`, a
    sentence, with `line` and `column` from 1 where the text has the place; or, for a document that a pipeline
    assembles, `{"partial", "variable"}`: the members of the root that are complete before the first variable, and that
    variable. What is neither a string nor made by a pipeline has no entry.
    """
    entries: dict[str, Entry] = {}
    for operation, before, parameters in _requests(subject, settings or {}):
        table = resources.operations() if tables is None else tables
        for path in table.get(operation, {}).get("json_strings", ()):
            for place, content in _at(parameters, path, ()):
                entry = _entry(content, is_job_config=path[-1] == "JobConfigDocument")
                if entry is not None:
                    entries[pointer(*before, *place)] = entry
    return entries


def _requests(subject: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[tuple[str, Path, object]]:
    """Yield the operation, the place and the parameters of each request that the subject holds."""
    match subject:
        case {"aws_request": {"service": service, "operation": operation, "parameters": parameters}}:
            yield f"{service}:{operation}", ("aws_request", "parameters"), parameters
        case {"kubernetes_object": {"object": {"apiVersion": str(version), "kind": kind_} as content}}:
            group, _, _ = version.rpartition("/")
            for line in settings.get("kubernetes_kinds", ()):
                if (line["group"], line["kind"]) == (group, kind_) and "parameters" in line:
                    for place, parameters in _at(content, line["parameters"], ()):
                        yield line["operation"], ("kubernetes_object", "object", *place), parameters


def _at(value: object, path: Sequence[str], place: Path) -> Iterator[tuple[Path, object]]:
    """Yield the values at a path of member names, where `*` stands for every member or element."""
    if not path:
        yield place, value
    elif path[0] == "*" and isinstance(value, dict | list):
        for step, element in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _at(element, path[1:], (*place, step))
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:], (*place, path[0]))


def _entry(content: object, *, is_job_config: bool) -> Entry | None:
    try:
        if isinstance(content, str):
            return {"value": _read(content, is_job_config=is_job_config)}
        if isinstance(content, dict) and _is_assembled(content):
            return _assembled(content, is_job_config=is_job_config)
    except UnreadableInputError as error:
        place = {"line": error.line, "column": error.column}
        return {"error": error.message, **{name: number for name, number in place.items() if number is not None}}
    return None


def _read(text: str, *, is_job_config: bool) -> Any:  # noqa: ANN401 any JSON value
    if is_job_config:
        _refuse_too_long(len(text))
    value = strict_json.loads(text)
    if is_job_config and not isinstance(value, dict):
        raise _no_object(text, value)
    return value


def _refuse_too_long(characters: int) -> None:
    if characters > MAX_JOB_CONFIG_CHARACTERS:
        raise UnreadableInputError(f"the document has more than {MAX_JOB_CONFIG_CHARACTERS:,} characters")


def _no_object(text: str, value: object) -> UnreadableInputError:
    message = f"the document is {kind(value)}, not an object"
    if isinstance(value, str) and _is_json(value):
        message = "the document is encoded twice: it is a JSON string that itself holds JSON"
    line, column = strict_json.position(text, len(text) - len(text.lstrip(_BLANKS)))
    return UnreadableInputError(message, line=line, column=column)


def _is_json(text: str) -> bool:
    try:
        strict_json.loads(text)
    except UnreadableInputError:
        return False
    return True


class _Variable(NamedTuple):
    """A text that is known only when the pipeline runs."""

    name: str


_Piece: TypeAlias = "str | _Variable"


def _is_assembled(content: Mapping[str, Any]) -> bool:
    return any(name == "Get" or name.startswith("Std:") for name in content)


def _assembled(content: Mapping[str, Any], *, is_job_config: bool) -> Entry:
    """Return the entry of a document that a pipeline puts together when it runs."""
    before, after, variable = _split(content)
    if variable is None:
        return {"value": _read(before, is_job_config=is_job_config)}
    members = strict_json.beginning(before)
    start = before.lstrip(_BLANKS)
    if is_job_config and start and not start.startswith("{"):
        line, column = strict_json.position(before, len(before) - len(start))
        raise UnreadableInputError("the document is no object", line=line, column=column)
    if not _is_json((before + after).replace(_UNKNOWN, "1")):
        # A digit stands wherever a value or a part of one may. Elsewhere the variable is members, which may be any.
        members = {}
    for name in _keys_after(before, after):
        if name is None:
            members = {}
        else:
            members.pop(name, None)
    return {"partial": members, "variable": variable}


def _split(content: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """Return the text before the first variable, the rest with _UNKNOWN for each variable, and the first's name."""
    before: list[str] = []
    after: list[str] = []
    variable = None
    characters = 0
    for piece in _pieces(content):
        if isinstance(piece, _Variable):
            variable = piece.name if variable is None else variable
            after.append(_UNKNOWN)
            continue
        # Before it is joined: a long separator between many values would take more memory than there is.
        characters += len(piece)
        _refuse_too_long(characters)
        (before if variable is None else after).append(piece)
    return "".join(before), "".join(after), variable


def _pieces(content: object) -> Iterator[_Piece]:
    """Yield the texts and variables that a pipeline joins. Raises UnreadableInputError for a malformed Std:Join."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict) and "Std:Join" in content:
        yield from _joined(content)
    elif isinstance(content, dict) and _is_assembled(content):
        _refuse_company(content)
        reference = content.get("Get")
        yield _Variable(reference if isinstance(reference, str) else _shown(content))
    elif content is None or isinstance(content, list):
        raise UnreadableInputError(f"a value of Std:Join is {kind(content)}, not a text or a variable")
    else:
        yield _Variable(_shown(content))


def _joined(content: Mapping[str, Any]) -> Iterator[_Piece]:
    _refuse_company(content)
    join = content["Std:Join"]
    if not isinstance(join, dict):
        raise UnreadableInputError(f"Std:Join is {kind(join)}, not an object with On and Values")
    separator, values = join.get("On"), join.get("Values")
    if not isinstance(separator, str):
        raise UnreadableInputError(_wrong_member("On", join, "a string"))
    if not isinstance(values, list):
        raise UnreadableInputError(_wrong_member("Values", join, "a list"))
    for index, value in enumerate(values):
        if index:
            yield separator
        yield from _pieces(value)


def _refuse_company(content: Mapping[str, Any]) -> None:
    if len(content) > 1:
        names = " and ".join(quoted(name) for name in sorted(content))
        raise UnreadableInputError(f"a pipeline function stands alone in its object, and here stand {names}")


def _wrong_member(name: str, join: Mapping[str, Any], expected: str) -> str:
    return f"{name} of Std:Join is " + (f"{kind(join[name])}, not {expected}" if name in join else "missing")


def _shown(content: object) -> str:
    return json.dumps(content)[:_LONGEST_NAME]


def _keys_after(before: str, after: str) -> Iterator[str | None]:
    """Yield each key, at any depth, that ends in `after`; None for a key that a variable is part of.

    Each may name a member of the root again, and then two parsers may differ on which of the two counts.
    """
    for match in _STRING_OR_UNKNOWN.finditer(before + after):
        if match["colon"] and match.end() > len(before):
            try:
                yield strict_json.loads(match["text"])
            except UnreadableInputError:
                yield None
