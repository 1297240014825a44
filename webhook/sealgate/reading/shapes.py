"""Values held against the schemas, and what is wrong with them in sentences."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading.places import pointer
from sealgate.reading.words import did_you_mean, kind, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

    from sealgate.reading.places import Path


class Fault(NamedTuple):
    """What is wrong with the part at `path`, as a clause that names the part."""

    path: Path
    message: str


def faults(value: Any, schema: str, *, noun: str = "member") -> list[Fault]:  # noqa: ANN401 any JSON value
    """Return what is wrong with a value by the schema of that name, in the order of their places.

    `noun` is what the members are called: an unknown one is told with the known one that is near it. Where a schema
    limits a text by a pattern, its `title` says what the text is to be.
    """
    found = {fault for error in _validator(schema).iter_errors(value) for fault in _told(error, noun)}
    return sorted(found, key=lambda fault: (pointer(*fault.path), fault.message))


def refuse_other_members(
    value: Mapping[str, object], known: Sequence[str], required: Sequence[str], what: str, source: str | None
) -> None:
    """Raise UnreadableInputError unless `what`, an object, has the `required` members, and only such as are `known`."""
    for name in value:
        if name not in known:
            message = f"{quoted(name)} is no member of {what}{did_you_mean(name, known)}"
            raise UnreadableInputError(message, source=source)
    for name in required:
        if name not in value:
            raise UnreadableInputError(f"{what} has {quoted(name)}, and here it is missing", source=source)


@cache
def _validator(schema: str) -> Validator:
    # Importing it takes longer than most checks; it is needed only where somebody wrote a file.
    from jsonschema import Draft202012Validator, ValidationError, validators  # noqa: PLC0415 imported where it is used: start-up stays short

    def pattern(_: Validator, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
        # In JSON Schema $ is the very end of a text; Python's takes a line break behind it.
        if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
            yield ValidationError(f"{value!r} does not match {pattern!r}")

    # And 1.0 is an integer to it, but not to what reads the value.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict: type[Validator] = validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": pattern}, type_checker=types
    )
    return strict(resources.schema(schema))


def _told(error: ValidationError, noun: str) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    value: Any = error.instance
    schema: Any = error.schema
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        for name in value.keys() - known.keys():
            yield Fault((*path, name), f"unknown {noun} {quoted(name)} at {_at(path)}{did_you_mean(name, known)}")
    elif error.validator == "required":
        for name in schema["required"]:
            if name not in value:
                yield Fault(path, f"{quoted(name)} is missing at {_at(path)}")
    elif "propertyNames" in error.absolute_schema_path:
        yield Fault((*path, value), f"the name {quoted(value)} at {_at(path)} is not {schema['title']}")
    else:
        yield Fault(path, f"{_at(path)} {_SAID[str(error.validator)](value, schema)}")


def _at(path: Path) -> str:
    return pointer(*path) or "/"


def _wrong_type(value: object, schema: Any) -> str:  # noqa: ANN401 any JSON Schema
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    hint = ": put it in quotes" if kinds == ["string"] and isinstance(value, int | float) else ""
    return f"is {kind(value)}, not {' or '.join(_KINDS[kind] for kind in kinds)}{hint}"


def _wrong_word(value: object, schema: Any) -> str:  # noqa: ANN401 any JSON Schema
    return f"is {_shown(value)}, not one of {', '.join(schema['enum'])}{did_you_mean(str(value), schema['enum'])}"


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else json.dumps(value)


_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "null": "null",
}

_SAID: Mapping[str, Callable[[Any, Any], str]] = {
    "type": _wrong_type,
    "enum": _wrong_word,
    "pattern": lambda value, schema: f"is {_shown(value)}, which is not {schema['title']}",
    "minimum": lambda value, schema: f"is {value}, and must be at least {schema['minimum']}",
    "maximum": lambda value, schema: f"is {value}, and must be at most {schema['maximum']}",
    "exclusiveMinimum": lambda value, schema: f"is {value}, and must be more than {schema['exclusiveMinimum']}",
    "minItems": lambda *_: "is an empty list",
    "minLength": lambda *_: "is an empty string",
}
