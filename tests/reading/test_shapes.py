from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sealgate import resources
from sealgate.reading import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[[dict[str, Any], object], list[str]]

NAMES = ("context", "input", "settings")
TOLD_OTHERWISE = {"additionalProperties", "required", "propertyNames"}
# What says something about values, of all that schemas may say.
ASSERTING = {
    "type",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "minLength",
    *TOLD_OTHERWISE,
}
SILENT = {"$schema", "$ref", "$defs", "title", "description", "default", "properties", "items"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Check]:
    """Return a function that holds a value against a schema and returns the messages."""

    def check(schema: dict[str, Any], value: object) -> list[str]:
        shapes._validator.cache_clear()  # noqa: SLF001 the schema differs from case to case
        monkeypatch.setattr(resources, "schema", lambda _: schema)
        return [fault.message for fault in shapes.faults(value, "sample", noun="setting")]

    yield check
    shapes._validator.cache_clear()  # noqa: SLF001 no schema of a case may stay behind


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "object"}, [], "/ is a list, not an object"),
        ({"type": "string"}, 7, "/ is a number, not a string: put it in quotes"),
        ({"type": "string"}, True, "/ is a boolean, not a string: put it in quotes"),
        ({"type": "string"}, None, "/ is null, not a string"),
        ({"type": ["string", "null"]}, [], "/ is a list, not a string or null"),
        ({"type": "integer"}, 1.0, "/ is a number, not an integer"),
        ({"type": "integer"}, True, "/ is a boolean, not an integer"),
        ({"enum": ["deny", "warn"]}, "dney", '/ is "dney", not one of deny, warn: did you mean "deny"?'),
        ({"enum": ["deny", "warn"]}, None, "/ is null, not one of deny, warn"),
        ({"pattern": "^[0-9]{2}$", "title": "two digits"}, "1", '/ is "1", which is not two digits'),
        ({"pattern": "^[0-9]{2}$", "title": "two digits"}, "12\n", '/ is "12\\n", which is not two digits'),
        ({"minimum": 1}, 0, "/ is 0, and must be at least 1"),
        ({"maximum": 1}, 2.5, "/ is 2.5, and must be at most 1"),
        ({"exclusiveMinimum": 0}, 0, "/ is 0, and must be more than 0"),
        ({"minItems": 1}, [], "/ is an empty list"),
        ({"minLength": 1}, "", "/ is an empty string"),
        ({"required": ["a", "b"]}, {"a": 1}, '"b" is missing at /'),
        ({"properties": {"a~/b": {"type": "null"}}}, {"a~/b": 1}, "/a~0~1b is a number, not null"),
        ({"items": {"type": "boolean"}}, [True, "x"], "/1 is a string, not a boolean"),
        (
            {"properties": {"enforcement": {}}, "additionalProperties": False},
            {"enforcment": 1},
            'unknown setting "enforcment" at /: did you mean "enforcement"?',
        ),
        (
            {"properties": {"a": {"properties": {"b": {}}, "additionalProperties": False}}},
            {"a": {"xyz": 1}},
            'unknown setting "xyz" at /a',
        ),
        (
            {"properties": {"a": {"propertyNames": {"pattern": "^x", "title": "an x"}}}},
            {"a": {"b": 1}},
            'the name "b" at /a is not an x',
        ),
    ],
)
def test_each_fault_is_a_clause_that_names_the_place(
    told: Check, schema: dict[str, Any], value: object, message: str
) -> None:
    assert told(schema, value) == [message]


def test_what_fits_has_no_faults(told: Check) -> None:
    assert told({"pattern": "^[0-9]{2}$", "title": "two digits"}, "12") == []
    assert told({"pattern": "^[0-9]{2}$", "title": "two digits"}, 12) == []
    assert told({"type": "integer"}, 1) == []


def test_all_faults_are_told_in_the_order_of_their_places(told: Check) -> None:
    schema = {
        "properties": {"a": {"type": "null"}, "b": {"required": ["x", "y"]}, "c": {"enum": []}},
        "additionalProperties": False,
    }
    assert told(schema, {"z": 1, "y": 1, "b": {}, "a": 1}) == [
        "/a is a number, not null",
        '"x" is missing at /b',
        '"y" is missing at /b',
        'unknown setting "y" at /',
        'unknown setting "z" at /',
    ]


def parts(schema: object) -> Iterator[dict[str, Any]]:
    """Yield every schema in a schema."""
    if isinstance(schema, dict):
        yield schema
        for name in ("properties", "$defs"):
            for part in schema.get(name, {}).values():
                yield from parts(part)
        for name in ("items", "additionalProperties", "propertyNames"):
            yield from parts(schema.get(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_use_what_can_be_told_and_what_opa_understands(name: str) -> None:
    for part in parts(resources.schema(name)):
        allowed = ASSERTING | SILENT | ({"minProperties", "maxProperties"} if name == "input" else set())
        assert part.keys() <= allowed, part
        if "pattern" in part and name != "input":
            assert part["title"]
            assert part["pattern"].startswith("^")
            assert part["pattern"].endswith(("$", "/.+$")) or part["title"].startswith("the address")
    assert shapes._SAID.keys() == ASSERTING - TOLD_OTHERWISE  # noqa: SLF001 every keyword of the schemas is told


@pytest.mark.parametrize("name", NAMES)
def test_every_member_is_described(name: str) -> None:
    schema = resources.schema(name)
    for part in parts(schema):
        for member, content in part.get("properties", {}).items():
            described = (
                {**schema["$defs"][content["$ref"].removeprefix("#/$defs/")], **content}
                if "$ref" in content
                else content
            )
            assert described.get("description"), (member, content)
