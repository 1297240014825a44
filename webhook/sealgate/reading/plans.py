"""Terraform plans, as `terraform show -json` and `tofu show -json` print them, cut to what the rules can use."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading import terraform
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sealgate.reading.json_parts import Part

Json: TypeAlias = dict[str, Any]

MAX_BYTES: Final = 500 * 1024 * 1024
"""The largest plan that is read, unpacked."""

_TABLES: Final = ("terraform_jobs", "terraform_facts", "terraform_requests")
_FORMATS: Final = re.compile(r"0\.[12]|1\.[0-9]{1,9}")

_TEXTS: Final = ("format_version", "terraform_version", "timestamp")
_FLAGS: Final = ("errored", "complete", "applyable")
_MODES: Final = ("managed", "data")
_OF_CHANGE: Final = (
    "address", "previous_address", "module_address", "mode", "type", "name", "index", "index_unknown",
    "provider_name", "deposed", "action_reason", "change", "_loc",
)  # fmt: skip
_OF_STATE: Final = ("address", "mode", "type", "name", "index", "provider_name", "values", "sensitive_values")
_OF_CONFIGURATION: Final = (
    "address", "mode", "type", "name", "provider_config_key", "expressions", "count_expression", "for_each_expression",
)  # fmt: skip
_OF_VARIABLE: Final = ("default", "nullable", "sensitive")
_OF_OUTPUT: Final = ("expression", "sensitive")
_OF_CALL: Final = ("expressions", "count_expression", "for_each_expression")
_OF_MODULE: Final = re.compile(r"module\.([\w-]+)")
_AFTERWARDS: Final = frozenset({"create", "update"})
# Terraform itself gives up long before.
_DEEPEST_MODULE: Final = 64


def read(text: bytearray, *, source: str | None = None, types: frozenset[str] | None = None) -> Json | None:
    """Return the plan that a text in UTF-8 is, cut to what the rules can use; None where it is not Terraform's.

    A cut lacks members and elements, and what is left is as it was: of the resources those of the relevant `types`
    (by default all that the policies' tables name), of the prior state its data sources, of the configuration its
    modules with their variables, outputs and calls. What is kept is read as strictly as `strict_json.loads` reads.

    Raises UnreadableInputError, which names `source`, for what else Terraform writes, for a format that is not known,
    and for a plan that is none in its shape.
    """
    members = terraform.plan_members(text, source)
    return None if members is None else _cut(members, relevant_types() if types is None else types)


def read_value(value: object, *, source: str | None = None) -> Json:
    """Return the plan that a JSON value is, as `read` does. Raises UnreadableInputError where it is none."""
    plan = None
    if isinstance(value, dict):
        try:
            plan = read(bytearray(json.dumps(value, ensure_ascii=False), "utf-8"))
        except UnreadableInputError as error:
            # Its lines are those of a text that nobody has seen.
            raise UnreadableInputError(error.message, source=source) from error
    if plan is None:
        what = "an object without resource_changes" if isinstance(value, dict) else kind(value)
        message = f"a plan is what `terraform show -json FILE` prints, and this is {what}"
        raise UnreadableInputError(message, source=source)
    return plan


@cache
def relevant_types() -> frozenset[str]:
    """Return the types of resources that the policies know something of."""
    tables = resources.tables()
    return frozenset(name for table in _TABLES for name in tables.get(table, {}))


def _cut(members: Mapping[str, Part], types: frozenset[str]) -> Json:
    plan = _picked(members, dict.fromkeys(_TEXTS, _text) | dict.fromkeys(_FLAGS, _flag))
    # A plan that somebody trimmed has none: nothing speaks against it.
    if "format_version" in plan and not _FORMATS.fullmatch(plan["format_version"]):
        told = quoted(plan["format_version"])
        members["format_version"].refuse(f"is {told}: this release of sealgate reads the formats 0.1, 0.2 and 1.x")
    return plan | _picked(
        members,
        {
            "variables": _object,
            "deferred_changes": lambda part: [_deferred(element) for element in part.elements()],
            "resource_changes": lambda part: _kept(_relevant(part, types, _check_change), _OF_CHANGE),
            "prior_state": lambda part: _state(part, types),
            "configuration": lambda part: _configuration(part, types),
        },
    )


def _picked(members: Mapping[str, Part], cuts: Mapping[str, Callable[[Part], Any]]) -> Json:
    """Return the members that there is a cut for, cut."""
    return {name: cut(members[name]) for name, cut in cuts.items() if name in members}


def _of_kind(part: Part, kind: str) -> Any:  # noqa: ANN401 any JSON value
    if part.kind != kind:
        part.refuse(f"is {part.kind}, not {kind}")
    return part.value()


def _text(part: Part) -> str:
    text: str = _of_kind(part, "a string")
    return text


def _flag(part: Part) -> bool:
    flag: bool = _of_kind(part, "a boolean")
    return flag


def _object(part: Part) -> Json:
    content: Json = _of_kind(part, "an object")
    return content


def _deferred(part: Part) -> Json:
    """Cut a change that waits for another round down to what it is, and why it waits."""
    members = part.members()
    return _picked(members, {"reason": _text, "resource_change": lambda change: _picked(change.members(), _ADDRESS)})


_ADDRESS: Final[Mapping[str, Callable[[Part], Any]]] = {"address": _text}


def _relevant(
    resources: Part, types: frozenset[str], check: Callable[[Part, Json], bool]
) -> Iterator[tuple[Part, Json]]:
    """Yield the resources of a list that are of one of the types, and that `check` does not leave out."""
    for part in resources.elements():
        if part.kind != "an object":
            part.refuse(f"is {part.kind}, not an object")
        named = part.peek("type")
        if not isinstance(named, str):
            part.refuse("has no type" if named is None else f"has a type that is {kind(named)}, not a string")
        if named not in types:
            continue
        resource = part.value()
        if not isinstance(resource.get("address"), str):
            part.refuse("has no address")
        if resource.get("mode") not in _MODES:
            part.refuse(f"has no mode that is known: {' or '.join(_MODES)}")
        if check(part, resource):
            yield part, resource


def _kept(resources: Iterable[tuple[Part, Json]], names: Sequence[str]) -> list[Json]:
    """Return these members of each resource. Raises UnreadableInputError where two are the same instance."""
    seen = set()
    found = []
    for part, resource in resources:
        identity = (resource["address"], json.dumps(resource.get("deposed")))
        if identity in seen:
            part.refuse(f"is {quoted(resource['address'])}, as is one before it")
        seen.add(identity)
        found.append({name: resource[name] for name in names if name in resource})
    return found


def _check_change(part: Part, resource: Json) -> bool:
    """Refuse a change in which nobody could see what comes of the resource."""
    change = resource.get("change")
    if not isinstance(change, dict):
        part.refuse("has no change that is an object")
    actions = change.get("actions")
    if not isinstance(actions, list) or not actions or not all(isinstance(action, str) for action in actions):
        part.refuse("has no actions: a list of strings in its change")
    for name in ("before", "after"):
        if not isinstance(change.get(name), dict | None):
            part.refuse(f"has a change whose {name} is {kind(change[name])}, neither an object nor null")
    if change.get("after") is None and not _AFTERWARDS.isdisjoint(actions):
        part.refuse(f"is there after {' and '.join(actions)}, and its change has nothing in after")
    return True


def _is_data(_: Part, resource: Json) -> bool:
    return bool(resource["mode"] == "data")


def _state(part: Part, types: frozenset[str]) -> Json:
    """Cut the prior state down to its data sources, module by module."""

    def module(part: Part, depth: int = 0) -> Json:
        _refuse_depth(part, depth)
        return _picked(
            part.members(),
            {
                "address": _text,
                "resources": lambda resources: _kept(_relevant(resources, types, _is_data), _OF_STATE),
                "child_modules": lambda modules: [module(child, depth + 1) for child in modules.elements()],
            },
        )

    def values(part: Part) -> Json:
        return _picked(part.members(), {"root_module": module})

    return _picked(part.members(), {"values": values})


def _configuration(part: Part, types: frozenset[str]) -> Json:
    """Cut the configuration down to what says where a value of a relevant resource comes from."""

    def module(part: Part, depth: int = 0, *, is_root: bool = False) -> _Module:
        _refuse_depth(part, depth)
        members = part.members()
        resources, calls = members.get("resources"), members.get("module_calls")
        return _Module(
            members=members,
            resources=[] if resources is None else _kept(_relevant(resources, types, _any), _OF_CONFIGURATION),
            calls={name: called(call, depth + 1) for name, call in (calls.members() if calls else {}).items()},
            is_root=is_root,
        )

    def called(part: Part, depth: int) -> tuple[dict[str, Part], _Module]:
        members = part.members()
        if "module" not in members:
            part.refuse("is a call without its module")
        return members, module(members["module"], depth)

    return _picked(
        part.members(),
        {"provider_config": _object, "root_module": lambda root: module(root, is_root=True).cut()},
    )


@dataclass(frozen=True, kw_only=True)
class _Module:
    """A module of the configuration, of which the resources are read and the rest is where it stands."""

    members: Mapping[str, Part]
    resources: list[Json]
    calls: Mapping[str, tuple[Mapping[str, Part], _Module]]
    is_root: bool = False

    @property
    def has_resources(self) -> bool:
        """Whether there is a relevant resource in it or below it."""
        return bool(self.resources) or any(module.has_resources for _, module in self.calls.values())

    def cut(self) -> Json:
        """Return it without the calls of modules that neither have relevant resources nor are referred to by these."""
        content = _picked(self.members, {"variables": partial(_entries, names=_OF_VARIABLE)})
        content |= _picked(self.members, {"outputs": partial(_entries, names=_OF_OUTPUT)})
        if "resources" in self.members:
            content["resources"] = self.resources
        if "module_calls" not in self.members:
            return content
        # Nothing refers to what the root gives out.
        new = _called_by([self.resources, {} if self.is_root else content.get("outputs")])
        new |= {name for name, (_, module) in self.calls.items() if module.has_resources}
        calls: Json = {}
        while new := (new & self.calls.keys()) - calls.keys():
            found = {name: _picked(self.calls[name][0], dict.fromkeys(_OF_CALL, _object)) for name in new}
            calls |= found
            new = _called_by(found)
        content["module_calls"] = {
            name: {**calls[name], "module": module.cut()} for name, (_, module) in self.calls.items() if name in calls
        }
        return content


def _called_by(value: object) -> set[str]:
    """Return the names of the modules that the references in a value name."""
    names = set()
    inner = [value]
    while inner:
        value = inner.pop()
        if isinstance(value, dict):
            references = value.get("references")
            if isinstance(references, list):
                names |= {match[1] for text in references if (match := _OF_MODULE.match(str(text)))}
            inner += value.values()
        elif isinstance(value, list):
            inner += value
    return names


def _entries(part: Part, *, names: Sequence[str]) -> Json:
    """Return these members of each object in an object."""
    entries = _object(part)
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            part.refuse(f"is no object of objects: {quoted(name)} is {kind(entry)}")
    return {name: {member: entry[member] for member in names if member in entry} for name, entry in entries.items()}


def _any(_: Part, __: Json) -> bool:
    return True


def _refuse_depth(part: Part, depth: int) -> None:
    if depth > _DEEPEST_MODULE:
        part.refuse(f"is a module in more than {_DEEPEST_MODULE} others")
