"""Expressions of Terraform: how they are declared, what they refer to, and how their values are written in a plan."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.terraform_schemas import Kind

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Unknown:
    """A value that is known after the apply; of a collection it is known that it is one."""

    kind: Kind = "primitive"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Ref:
    """A reference as it stands in HCL, such as `aws_kms_key.k[each.key].arn` or `aws_x.y[*].id`."""

    path: str


@dataclass(frozen=True)
class Template:
    """Text with expressions in it, `"${a}/${b}"`."""

    parts: tuple[Any, ...]

    def __init__(self, *parts: Any) -> None:
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True)
class JsonEncode:
    """`jsonencode(value)`: unknown as a whole where a part is."""

    value: Any


@dataclass(frozen=True)
class Either:
    """`coalesce(...)`: it names all its operands, and is the first that is not null."""

    choices: tuple[Any, ...]

    def __init__(self, *choices: Any) -> None:
        object.__setattr__(self, "choices", choices)


@dataclass(frozen=True)
class Conditional:
    """`test ? then : otherwise`: it names all three."""

    test: Any
    then: Any
    otherwise: Any


@dataclass(frozen=True)
class Dynamic:
    """A dynamic block: the configuration does not show what is in it. `over` is what it is made for each of."""

    blocks: list[Json]
    over: Any = ()


@dataclass(frozen=True)
class Sensitive:
    """`sensitive(value)`."""

    value: Any


@dataclass(frozen=True)
class Index:
    """An index in a reference: a number, a text, an expression, or every element."""

    value: Any


SPLAT: Final = object()
_STEP: Final = re.compile(r'\.?(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>"(?:[^"\\]|\\.)*"|[^\]]*)\]')


def steps_of(path: str) -> list[Any]:
    steps: list[Any] = []
    offset = 0
    while offset < len(path):
        match = _STEP.match(path, offset)
        assert match is not None, f"{path} is no reference"
        if match["name"]:
            steps.append(match["name"])
        else:
            steps.append(Index(_index_value(match["index"])))
        offset = match.end()
    return steps


def _index_value(text: str) -> Any:
    if text == "*":
        return SPLAT
    return json.loads(text) if text.startswith('"') or text.isdecimal() else Ref(text)


def references(expression: Any) -> list[str]:  # noqa: PLR0911 one branch a kind of expression
    """Return the references in an expression as the configuration lists them."""
    match expression:
        case Ref():
            return _reference(steps_of(expression.path))
        case Template():
            return list(chain.from_iterable(map(references, expression.parts)))
        case JsonEncode() | Sensitive():
            return references(expression.value)
        case Either():
            return list(chain.from_iterable(map(references, expression.choices)))
        case Conditional():
            return references([expression.test, expression.then, expression.otherwise])
        case dict():
            return list(chain.from_iterable(map(references, expression.values())))
        case list() | tuple():
            return list(chain.from_iterable(map(references, expression)))
    return []


def _reference(steps: list[Any]) -> list[str]:
    """Return a reference, and the shorter ones down to what can be referred to at all."""
    for position, step in enumerate(steps):
        if isinstance(step, Index) and step.value is SPLAT:
            return _reference(steps[:position])
        if isinstance(step, Index) and isinstance(step.value, Ref):
            # What follows an expression is no part of the reference.
            return [*_reference(steps[:position]), *references(step.value)]
    head = steps[0]
    # The subject: a resource has two names, and so has the call of a module with its output.
    length = {"data": 3, "module": 2}.get(head, 2)
    has_key = len(steps) > length and isinstance(steps[length], Index)
    if head == "module":
        # The output is part of what is referred to; the call follows it, with the key.
        call = length + has_key
        whole = [_written(steps[:end]) for end in range(len(steps), call, -1)]
        return [*whole, _written(steps[:call])]
    subject = length + (has_key and head not in {"var", "local", "each", "count", "path", "terraform"})
    whole = [_written(steps[:end]) for end in range(len(steps), subject - 1, -1)]
    return [*whole, _written(steps[:length])] if subject > length else whole


def _written(steps: list[Any]) -> str:
    text = ""
    for step in steps:
        text += f"[{json.dumps(step.value)}]" if isinstance(step, Index) else f"{'.' if text else ''}{step}"
    return text


def configured(expression: Any) -> Json:
    found = references(expression)
    if found:
        return {"references": found}
    if _calls_a_function(expression):
        return {}
    return {"constant_value": expression}


def configured_all(arguments: Mapping[str, Any]) -> Json:
    return {name: configured(argument) for name, argument in sorted(arguments.items())}


def _calls_a_function(expression: Any) -> bool:
    match expression:
        case JsonEncode() | Either() | Conditional() | Sensitive():
            return True
        case Template():
            return any(map(_calls_a_function, expression.parts))
        case dict():
            return any(map(_calls_a_function, expression.values()))
        case list() | tuple():
            return any(map(_calls_a_function, expression))
    return False


def repetition(count: Any, for_each: Any) -> Json:
    if count is not None:
        return {"count_expression": configured(count)}
    if for_each is None:
        return {}
    # toset([...]) is a call.
    return {
        "for_each_expression": {} if isinstance(for_each, list) and not references(for_each) else configured(for_each)
    }


def has_unknown(value: Any) -> bool:
    return _any(value, Unknown)


def has_sensitive(value: Any) -> bool:
    return _any(value, Sensitive)


def _any(value: Any, kind: type) -> bool:
    if isinstance(value, kind):
        return True
    if isinstance(value, Sensitive):
        return _any(value.value, kind)
    if isinstance(value, dict | list):
        return any(_any(part, kind) for part in (value.values() if isinstance(value, dict) else value))
    return False


def joined_text(parts: Sequence[Any]) -> Any:
    if any(map(has_unknown, parts)):
        return UNKNOWN
    text = "".join(str(bare(part)) for part in parts)
    return Sensitive(text) if any(map(has_sensitive, parts)) else text


def bare(value: Any) -> Any:
    """Return a value without its marks."""
    if isinstance(value, Sensitive):
        return bare(value.value)
    if isinstance(value, dict):
        return {name: bare(member) for name, member in value.items()}
    return [bare(element) for element in value] if isinstance(value, list) else value


def shown(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def omitting_unknown(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return omitting_unknown(value.value)
    if isinstance(value, Unknown):
        return None
    if isinstance(value, dict):
        return {
            name: omitting_unknown(member)
            for name, member in value.items()
            if not isinstance(member.value if isinstance(member, Sensitive) else member, Unknown)
        }
    return [omitting_unknown(element) for element in value] if isinstance(value, list) else value


def unknown_as_bool(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return unknown_as_bool(value.value)
    if isinstance(value, list):
        return [unknown_as_bool(element) for element in value]
    if isinstance(value, dict):
        marks = {name: unknown_as_bool(member) for name, member in value.items()}
        return {name: mark for name, mark in marks.items() if mark is not False}
    return isinstance(value, Unknown)


def sensitive_as_bool(value: Any) -> Any:
    if isinstance(value, Sensitive):
        return True
    if isinstance(value, Unknown):
        return {"primitive": False, "map": {}}.get(value.kind, [])
    if isinstance(value, list):
        return [sensitive_as_bool(element) for element in value]
    if isinstance(value, dict):
        marks = {name: sensitive_as_bool(member) for name, member in value.items()}
        return {name: mark for name, mark in marks.items() if mark is not False}
    return False
