"""A writer of Terraform plans: what is declared as in HCL, as `terraform show -json` prints the plan of it.

It follows Terraform 1.x and OpenTofu: an unknown attribute is missing from `after` and true in `after_unknown`, an
unknown element is null and true, an unset attribute is null; a reference is followed by the shorter ones it begins
with; an expression that calls a function has no constant value, and a dynamic block no expression.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from tests.terraform_expressions import (
    SPLAT,
    UNKNOWN,
    Conditional,
    Dynamic,
    Either,
    Index,
    JsonEncode,
    Ref,
    Sensitive,
    Template,
    Unknown,
    bare,
    configured,
    configured_all,
    has_sensitive,
    has_unknown,
    joined_text,
    omitting_unknown,
    repetition,
    sensitive_as_bool,
    shown,
    steps_of,
    unknown_as_bool,
)
from tests.terraform_schemas import DATA, MANAGED, Attribute, Block, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


Json: TypeAlias = dict[str, Any]
Key: TypeAlias = "int | str | None"
Action: TypeAlias = Literal["create", "no-op", "update", "replace", "create before destroy", "delete", "forget"]

AWS: Final = "registry.terraform.io/hashicorp/aws"

_ACTIONS: Final[Mapping[str, list[str]]] = {
    "replace": ["delete", "create"],
    "create before destroy": ["create", "delete"],
}
_LEAVING: Final = ("delete", "forget")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource or a data source.

    `state` holds the results that are known: of a resource that exists already, of a data source that was read. One
    that exists is left as it is, or updated where `before` says that arguments were others. `planned` holds results
    that the provider knows when it plans. A resource that leaves is in no configuration.
    """

    type: str
    name: str
    arguments: Json = field(default_factory=dict)
    count: Any = None
    for_each: Any = None
    mode: Literal["managed", "data"] = "managed"
    provider: str = "aws"
    state: Mapping[str, Any] | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    planned: Mapping[str, Any] = field(default_factory=dict)
    action: Action | None = None
    imported: str | None = None
    previous_address: str | None = None
    deferred: bool = False
    depends_on: Sequence[str] = ()

    @property
    def address(self) -> str:
        """Its address in its module, without an index."""
        return f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"

    @property
    def leaves(self) -> bool:
        """Whether it is deleted or forgotten."""
        return self.action in _LEAVING


def resource(kind: str, name: str, arguments: Json | None = None, **more: Any) -> Resource:
    """Return a managed resource."""
    return Resource(type=kind, name=name, arguments=arguments or {}, **more)


def data(kind: str, name: str, arguments: Json | None = None, **more: Any) -> Resource:
    """Return a data source."""
    return Resource(type=kind, name=name, arguments=arguments or {}, mode="data", **more)


_REQUIRED: Final = object()


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable of a module; without a default it is required."""

    default: Any = _REQUIRED
    description: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output of a module."""

    value: Any
    sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module: what stands in its files."""

    resources: Sequence[Resource] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    locals: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a module."""

    module: Module
    arguments: Mapping[str, Any] = field(default_factory=dict)
    count: Any = None
    for_each: Any = None
    source: str = "./module"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A configuration of the provider: `aws`, or `aws.<alias>`."""

    region: Any = "us-west-2"
    alias: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan of a root module, with the values of its variables. `more` are further members of the document."""

    root: Module
    variables: Mapping[str, Any] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=lambda: {"aws": Provider()})
    managed: Mapping[str, Schema] = field(default_factory=lambda: MANAGED)
    data: Mapping[str, Schema] = field(default_factory=lambda: DATA)
    terraform_version: str = "1.14.0"
    timestamp: str = "2026-06-30T12:00:00Z"
    more: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> Json:
        """Return what `terraform show -json` prints of it."""
        return _Writer(self).document()

    def text(self) -> str:
        """Return it as text."""
        return json.dumps(self.document(), ensure_ascii=False)


@dataclass(eq=False)
class _Instance:
    """An instance of a module, and what is known in it."""

    module: Module
    address: str = ""
    depth: int = 0
    parent: _Instance | None = None
    call: Call | None = None
    name: str = ""
    key: Key = None
    element: Any = None
    children: dict[str, dict[Key, _Instance]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Scope:
    """Where an expression stands: in an instance of a module, and of a resource or a call in it."""

    instance: _Instance
    key: Key = None
    element: Any = None


@dataclass(frozen=True, eq=False)
class _Planned:
    """An instance of a resource, before and after."""

    resource: Resource
    instance: _Instance
    key: Key
    actions: list[str]
    before: Any
    after: Any

    @property
    def address(self) -> str:
        return _joined(self.instance.address, self.resource.address + _index(self.key))

    @property
    def order(self) -> tuple[Any, ...]:
        """The order of Terraform: outer modules first, data sources before resources."""
        resource, key = self.resource, self.key
        by_key = (isinstance(key, str), "" if isinstance(key, int) else key or "", key if isinstance(key, int) else -1)
        return (
            self.instance.depth, self.instance.address, resource.mode != "data", resource.type, resource.name, by_key,
        )  # fmt: skip


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[int, str, str, Key], Any] = {}
        self._root = self._expanded(plan.root)

    def document(self) -> Json:
        planned = sorted(self._planned(self._root), key=lambda one: one.order)
        read = [one for one in planned if one.resource.mode == "data" and one.actions == ["no-op"]]
        changes = [one for one in planned if one not in read]
        plan = self._plan
        existing = [one for one in changes if one.before is not None]
        document: Json = {
            "format_version": "1.2",
            "terraform_version": plan.terraform_version,
            "variables": {
                name: {"value": bare(self._variable(self._root, name))}
                for name, variable in plan.root.variables.items()
                if name in plan.variables or variable.default is not _REQUIRED
            },
            "planned_values": self._planned_values(changes),
            "resource_changes": [self._change(one) for one in changes],
            "output_changes": {
                name: _output_change(self._value(output.value, _Scope(self._root)), sensitive=output.sensitive)
                for name, output in plan.root.outputs.items()
            },
            "prior_state": {
                "format_version": "1.0",
                "terraform_version": plan.terraform_version,
                "values": {"root_module": self._module_values([*read, *existing], before=True)},
            },
            "configuration": {
                "provider_config": {
                    name: {
                        "name": "aws",
                        "full_name": AWS,
                        **({"alias": provider.alias} if provider.alias else {}),
                        "version_constraint": "~> 6.0",
                        "expressions": {"region": configured(provider.region)},
                    }
                    for name, provider in plan.providers.items()
                },
                "root_module": self._configuration(plan.root),
            },
            "timestamp": plan.timestamp,
            "applyable": True,
            "complete": True,
            "errored": False,
        }
        if not document["variables"]:
            del document["variables"]
        if not (read or existing):
            del document["prior_state"]
        return {**document, **plan.more}

    # What there is.

    def _expanded(
        self,
        module: Module,
        parent: _Instance | None = None,
        call: tuple[str, Call, Key, Any] | None = None,
    ) -> _Instance:
        """Return an instance of a module with all those below it."""
        if call is None or parent is None:
            instance = _Instance(module)
        else:
            name, called, key, element = call
            address = _joined(parent.address, f"module.{name}{_index(key)}")
            instance = _Instance(module, address, parent.depth + 1, parent, called, name, key, element)
            # Its variables may be asked for before all its siblings are there.
            parent.children.setdefault(name, {})[key] = instance
        for name, called in module.calls.items():
            instance.children[name] = {}
            for key, element in self._keys(called.count, called.for_each, _Scope(instance)):
                self._expanded(called.module, instance, (name, called, key, element))
        return instance

    def _keys(self, count: Any, for_each: Any, scope: _Scope) -> list[tuple[Key, Any]]:
        if count is not None:
            return [(index, None) for index in range(bare(self._value(count, scope)))]
        if for_each is None:
            return [(None, None)]
        elements = self._value(for_each, scope)
        elements = elements.value if isinstance(elements, Sensitive) else elements
        if isinstance(elements, dict):
            return sorted(elements.items())
        return [(element, element) for element in sorted(set(elements))]

    def _planned(self, instance: _Instance) -> Iterator[_Planned]:
        for one in instance.module.resources:
            for key, element in self._keys(one.count, one.for_each, _Scope(instance)):
                yield self._change_of(one, _Scope(instance, key, element))
        for child in chain.from_iterable(children.values() for children in instance.children.values()):
            yield from self._planned(child)

    def _change_of(self, one: Resource, scope: _Scope) -> _Planned:
        after = self._instance_of(one, scope)
        if one.mode == "data":
            actions = ["read"] if self._is_deferred(one, after) else ["no-op"]
            return _Planned(one, scope.instance, scope.key, actions, None if actions == ["read"] else after, after)
        before = None
        if one.state is not None or one.leaves:
            before = {**self._object(one.arguments, self._schema(one), scope, one.state or {}), **one.before}
        action = one.action or ("create" if before is None else "no-op" if before == after else "update")
        actions = _ACTIONS.get(action, [action])
        return _Planned(one, scope.instance, scope.key, actions, before, None if one.leaves else after)

    def _is_deferred(self, one: Resource, after: Json) -> bool:
        is_unread = one.state is None and one.type != "aws_iam_policy_document"
        return one.deferred or is_unread or any(has_unknown(after[name]) for name in _arguments(self._schema(one)))

    def _instance_of(self, one: Resource, scope: _Scope) -> Json:
        """Return the values of an instance of a resource after the apply."""
        identity = (id(scope.instance), one.mode, one.address, scope.key)
        if identity not in self._known:
            schema = self._schema(one)
            replaced = one.action in _ACTIONS
            state = {} if replaced or one.state is None else one.state
            values = self._object(one.arguments, schema, scope, {**state, **one.planned})
            if one.mode == "data" and one.type == "aws_iam_policy_document":
                is_deferred = self._is_deferred(one, values)
                text = UNKNOWN if is_deferred else _policy_text(values)
                values |= {"json": text, "minified_json": text, "id": UNKNOWN if is_deferred else "1"}
            elif one.mode == "data" and self._is_deferred(one, values):
                # What it said when it was read before is of no use.
                values = self._object(one.arguments, schema, scope, {})
            self._known[identity] = values
        values = self._known[identity]
        assert isinstance(values, dict)
        return values

    def _schema(self, one: Resource) -> Schema:
        return (self._plan.data if one.mode == "data" else self._plan.managed)[one.type]

    def _object(self, arguments: Mapping[str, Any], schema: Schema, scope: _Scope, known: Mapping[str, Any]) -> Json:
        """Return the value of a resource or a block: what its arguments say, and what comes of the others."""
        unset = set(arguments) - schema.attributes.keys() - schema.blocks.keys() - {"region", "tags", "tags_all"}
        assert not unset, f"the schema has no {unset}"
        values: Json = {}
        for name, attribute in schema.attributes.items():
            values[name] = self._attribute(arguments.get(name), attribute, scope)
            if values[name] is None or isinstance(values[name], Unknown):
                values[name] = known.get(name, values[name])
        for name, nested in schema.blocks.items():
            values[name] = self._blocks(arguments.get(name), nested, scope)
        if schema.regional:
            values["region"] = self._value(arguments.get("region", self._plan.providers["aws"].region), scope)
        if schema.taggable:
            values["tags"] = self._attribute(arguments.get("tags"), Attribute("map"), scope)
            values["tags_all"] = {} if values["tags"] is None else values["tags"]
        return dict(sorted(values.items()))

    def _attribute(self, argument: Any, attribute: Attribute, scope: _Scope) -> Any:
        value = self._value(argument, scope)
        if value is None:
            return Unknown(attribute.kind) if attribute.computed else attribute.default
        if isinstance(value, Unknown):
            return Unknown(attribute.kind)
        if attribute.kind == "set" and isinstance(value, list):
            # A set has an order of its own: that of its texts.
            return sorted(value, key=lambda element: (isinstance(element, Unknown), str(element)))
        return value

    def _blocks(self, argument: Any, nested: Block, scope: _Scope) -> Any:
        blocks = argument
        if isinstance(argument, Dynamic):
            if has_unknown(self._value(argument.over, scope)):
                return Unknown(nested.nesting if nested.nesting != "single" else "map")
            blocks = argument.blocks
        if nested.nesting == "single":
            return None if blocks is None else self._object(blocks, nested.schema, scope, {})
        values = [self._object(one, nested.schema, scope, {}) for one in blocks or ()]
        return sorted(values, key=shown) if nested.nesting == "set" else values

    # What an expression is.

    def _value(self, expression: Any, scope: _Scope) -> Any:  # noqa: PLR0911 one branch a kind of expression
        match expression:
            case Ref():
                return self._followed(steps_of(expression.path), scope)
            case Template():
                return joined_text([self._value(part, scope) for part in expression.parts])
            case JsonEncode():
                value = self._value(expression.value, scope)
                if has_unknown(value):
                    return UNKNOWN
                text = json.dumps(bare(value), separators=(",", ":"), sort_keys=True)
                return Sensitive(text) if has_sensitive(value) else text
            case Either():
                values = [self._value(choice, scope) for choice in expression.choices]
                return next((value for value in values if value is not None), None)
            case Conditional():
                test = bare(self._value(expression.test, scope))
                return (
                    test if test is UNKNOWN else self._value(expression.then if test else expression.otherwise, scope)
                )
            case Sensitive():
                return Sensitive(self._value(expression.value, scope))
            case dict():
                return {name: self._value(member, scope) for name, member in expression.items()}
            case list() | tuple():
                return [self._value(element, scope) for element in expression]
        return expression

    def _variable(self, instance: _Instance, name: str) -> Any:
        variable = instance.module.variables[name]
        if instance.parent is None or instance.call is None:
            value = self._plan.variables.get(name, variable.default)
        elif name in instance.call.arguments:
            scope = _Scope(instance.parent, instance.key, instance.element)
            value = self._value(instance.call.arguments[name], scope)
        else:
            value = variable.default
        assert value is not _REQUIRED, f"nobody says what the variable {name} is"
        return Sensitive(value) if variable.sensitive and not isinstance(value, Sensitive) else value

    def _followed(self, steps: list[Any], scope: _Scope) -> Any:  # noqa: PLR0911 one branch a kind of reference
        head, *rest = steps
        instance = scope.instance
        match head:
            case "var":
                return self._descended(self._variable(instance, rest[0]), rest[1:], scope)
            case "local":
                return self._descended(self._value(instance.module.locals[rest[0]], _Scope(instance)), rest[1:], scope)
            case "each":
                return self._descended(scope.key if rest[0] == "key" else scope.element, rest[1:], scope)
            case "count":
                return scope.key
            case "module":
                return self._output(instance, rest, scope)
            case "data":
                return self._attribute_of(instance, "data", rest, scope)
        return self._attribute_of(instance, "managed", steps, scope)

    def _output(self, instance: _Instance, steps: list[Any], scope: _Scope) -> Any:
        name, *rest = steps
        key, rest = self._taken_key(rest, scope)
        children = instance.children[name]
        if key is SPLAT:
            return [self._output_of(child, rest, scope) for child in children.values()]
        return self._output_of(children[key], rest, scope)

    def _output_of(self, child: _Instance, steps: list[Any], scope: _Scope) -> Any:
        output = child.module.outputs[steps[0]]
        value = self._value(output.value, _Scope(child))
        value = Sensitive(value) if output.sensitive and not isinstance(value, Sensitive) else value
        return self._descended(value, steps[1:], scope)

    def _attribute_of(self, instance: _Instance, mode: str, steps: list[Any], scope: _Scope) -> Any:
        kind, name, *rest = steps
        (one,) = [one for one in instance.module.resources if (one.mode, one.type, one.name) == (mode, kind, name)]
        elements = dict(self._keys(one.count, one.for_each, _Scope(instance)))
        key, rest = self._taken_key(rest, scope)
        if key is SPLAT:
            return [
                self._descended(self._instance_of(one, _Scope(instance, key, element)), rest, scope)
                for key, element in elements.items()
            ]
        return self._descended(self._instance_of(one, _Scope(instance, key, elements[key])), rest, scope)

    def _taken_key(self, steps: list[Any], scope: _Scope) -> tuple[Any, list[Any]]:
        """Return the index at the beginning, evaluated, and what follows."""
        if steps and isinstance(steps[0], Index):
            index = steps[0].value
            return (self._value(index, scope) if isinstance(index, Ref) else index), steps[1:]
        return None, steps

    def _descended(self, value: Any, steps: list[Any], scope: _Scope) -> Any:
        for step in steps:
            if value is None or isinstance(value, Unknown):
                return value
            if isinstance(value, Sensitive):
                return Sensitive(self._descended(value.value, [step], scope))
            index = step.value if isinstance(step, Index) else step
            value = value[self._value(index, scope) if isinstance(index, Ref) else index]
        return value

    # How it is written.

    def _change(self, one: _Planned) -> Json:
        resource = one.resource
        entry: Json = {
            "address": one.address,
            "previous_address": resource.previous_address,
            "module_address": one.instance.address or None,
            "mode": resource.mode,
            "type": resource.type,
            "name": resource.name,
            "index": one.key,
            "provider_name": AWS,
            "change": {
                "actions": one.actions,
                "before": omitting_unknown(one.before),
                "after": omitting_unknown(one.after),
                "after_unknown": {} if one.after is None else unknown_as_bool(one.after) or {},
                "before_sensitive": sensitive_as_bool(one.before),
                "after_sensitive": sensitive_as_bool(one.after),
            },
            "action_reason": "read_because_config_unknown" if one.actions == ["read"] else None,
        }
        if resource.imported is not None:
            entry["change"]["importing"] = {"id": resource.imported}
        return {name: value for name, value in entry.items() if value is not None}

    def _planned_values(self, changes: Sequence[_Planned]) -> Json:
        outputs = {
            name: _output(self._value(output.value, _Scope(self._root)), sensitive=output.sensitive)
            for name, output in self._plan.root.outputs.items()
        }
        module = self._module_values([one for one in changes if one.after is not None])
        return {**({"outputs": outputs} if outputs else {}), "root_module": module}

    def _module_values(self, planned: Iterable[_Planned], *, before: bool = False) -> Json:
        """Return the values of resources, module by module."""
        by_module: dict[str, list[Json]] = {}
        for one in planned:
            values = one.before if before else one.after
            entry: Json = {
                "address": one.address,
                "mode": one.resource.mode,
                "type": one.resource.type,
                "name": one.resource.name,
                "index": one.key,
                "provider_name": AWS,
                "schema_version": 0,
                "values": omitting_unknown(values),
                "sensitive_values": sensitive_as_bool(values),
            }
            by_module.setdefault(one.instance.address, []).append(
                {name: value for name, value in entry.items() if value is not None}
            )
        return self._values_below(self._root, by_module)

    def _values_below(self, instance: _Instance, by_module: Mapping[str, list[Json]]) -> Json:
        content: Json = {}
        if instance.address in by_module:
            content["resources"] = sorted(by_module[instance.address], key=lambda entry: str(entry["address"]))
        if instance.address:
            content["address"] = instance.address
        below = [
            self._values_below(child, by_module)
            for children in instance.children.values()
            for child in children.values()
        ]
        filled = [child for child in below if child.keys() - {"address"}]
        if filled:
            content["child_modules"] = sorted(filled, key=lambda child: str(child["address"]))
        return content

    def _configuration(self, module: Module) -> Json:
        content: Json = {
            "outputs": {
                name: {
                    **({"sensitive": True} if output.sensitive else {}),
                    "expression": configured(output.value),
                }
                for name, output in module.outputs.items()
            },
            "resources": [
                self._configured(one)
                for one in sorted(module.resources, key=lambda one: (one.mode == "data", one.address))
                if not one.leaves
            ],
            "module_calls": {
                name: {
                    "source": call.source,
                    **({"expressions": expressions} if (expressions := configured_all(call.arguments)) else {}),
                    **repetition(call.count, call.for_each),
                    "module": self._configuration(call.module),
                }
                for name, call in module.calls.items()
            },
            "variables": {
                name: {
                    **({} if variable.default is _REQUIRED else {"default": variable.default}),
                    **({"description": variable.description} if variable.description else {}),
                    **({"sensitive": True} if variable.sensitive else {}),
                }
                for name, variable in module.variables.items()
            },
        }
        return {name: value for name, value in content.items() if value}

    def _configured(self, one: Resource) -> Json:
        return {
            "address": one.address,
            "mode": one.mode,
            "type": one.type,
            "name": one.name,
            "provider_config_key": one.provider,
            **(
                {"expressions": expressions}
                if (expressions := self._in_blocks(one.arguments, self._schema(one)))
                else {}
            ),
            "schema_version": 0,
            **repetition(one.count, one.for_each),
            **({"depends_on": list(one.depends_on)} if one.depends_on else {}),
        }

    def _in_blocks(self, arguments: Mapping[str, Any], schema: Schema) -> Json:
        content: Json = {}
        for name, argument in sorted(arguments.items()):
            nested = schema.blocks.get(name)
            if nested is None:
                content[name] = configured(argument)
            elif isinstance(argument, Dynamic):
                continue
            elif nested.nesting == "single":
                content[name] = self._in_blocks(argument, nested.schema)
            else:
                content[name] = [self._in_blocks(one, nested.schema) for one in argument]
        return content


def _arguments(schema: Schema) -> Iterator[str]:
    yield from (name for name, attribute in schema.attributes.items() if not attribute.computed)
    yield from schema.blocks


def _output(value: Any, *, sensitive: bool) -> Json:
    return {"sensitive": sensitive, **({} if has_unknown(value) else {"value": bare(value)})}


def _output_change(value: Any, *, sensitive: bool) -> Json:
    change = {"actions": ["create"], "before": None}
    if not isinstance(value.value if isinstance(value, Sensitive) else value, Unknown):
        change["after"] = omitting_unknown(value)
    return {
        **change,
        "after_unknown": unknown_as_bool(value) if has_unknown(value) else False,
        "before_sensitive": sensitive,
        "after_sensitive": sensitive,
    }


def _policy_text(values: Json) -> str:
    """Return the JSON that aws_iam_policy_document makes: a list of one is written as its element."""

    def listed(elements: list[str] | None) -> Any:
        return elements[0] if elements and len(elements) == 1 else elements

    def principals(blocks: list[Json]) -> Any:
        if any(one["type"] == "*" for one in blocks):
            return "*"
        return {one["type"]: listed(one["identifiers"]) for one in blocks}

    statements = []
    for given in bare(values["statement"]):
        conditions: dict[str, dict[str, Any]] = {}
        for one in given["condition"]:
            conditions.setdefault(one["test"], {})[one["variable"]] = listed(one["values"])
        statement = {
            "Sid": given["sid"],
            "Effect": given["effect"] or "Allow",
            "Action": listed(given["actions"]),
            "NotAction": listed(given["not_actions"]),
            "Resource": listed(given["resources"]),
            "NotResource": listed(given["not_resources"]),
            "Principal": principals(given["principals"]) or None,
            "NotPrincipal": principals(given["not_principals"]) or None,
            "Condition": conditions or None,
        }
        statements.append({name: value for name, value in statement.items() if value is not None})
    return json.dumps({"Version": values["version"] or "2012-10-17", "Statement": statements}, indent=2)


def _index(key: Key) -> str:
    """Return an index as addresses have it: quotes, backslashes and templates in a text are escaped."""
    if key is None:
        return ""
    return f"[{json.dumps(key, ensure_ascii=False).replace('${', '$${').replace('%{', '%%{')}]"


def _joined(*addresses: str) -> str:
    return ".".join(address for address in addresses if address)
