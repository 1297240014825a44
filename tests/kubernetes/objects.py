"""Kinds of objects, as their definitions describe them, and objects of them made for a purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from tests.engine_fixtures import ROOT

from sealgate.generate.chart import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path as FilePath

CONTROLLER_DEFINITIONS = ROOT.parent / "shared" / "data" / "ack-crds"
"""The definitions that the AWS controllers for Kubernetes ship."""

OWN_DEFINITIONS = ROOT / "tests" / "kubernetes" / "crds"

Path = tuple[str, ...]
Object = dict[str, Any]

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::111122223333:role/SageMakerExecutionRole"
NAME = "any-name"
NO_KEY = "not a key"
"""What no operation takes as the name of a key."""

# What a required text of that name holds: it must be readable, and be no finding of its own.
_TEXTS = {
    r"(?i)(role(arn)?|principal)$": ROLE,
    r"instanceType$": "ml.m5.xlarge",
    r"(?i)s3.*(uri|path)$": "s3://my-bucket/path/",
    r"(?i)policy(document)?$": '{"Version": "2012-10-17", "Statement": []}',
}


@dataclass(frozen=True)
class Kind:
    """A kind of objects, in the version that is stored."""

    group: str
    version: str
    name: str
    plural: str
    namespaced: bool
    schema: Mapping[str, Any]

    @classmethod
    def defined(cls, definition: Object) -> Kind:
        """Return the kind that a CustomResourceDefinition defines."""
        spec = definition["spec"]
        version = next(version for version in spec["versions"] if version["storage"])
        return cls(
            group=spec["group"],
            version=version["name"],
            name=spec["names"]["kind"],
            plural=spec["names"]["plural"],
            namespaced=spec["scope"] == "Namespaced",
            schema=version["schema"]["openAPIV3Schema"],
        )

    def __str__(self) -> str:
        return f"{self.group}/{self.name}"

    @property
    def resource(self) -> str:
        """Return what kubectl calls it, where kinds of several groups have one name."""
        return f"{self.plural}.{self.group}"

    def url(self, namespace: str, name: str = "", subresource: str = "") -> str:
        """Return the path of the collection, of an object in it, or of a part of that."""
        home = f"namespaces/{namespace}/" if self.namespaced else ""
        return "/".join(filter(None, [f"/apis/{self.group}/{self.version}/{home}{self.plural}", name, subresource]))

    def object(self, name: str, values: Mapping[Path, object] | None = None) -> Object:
        """Return an object with what its definition requires, and with values at paths from its root.

        `*` in a path is the first element of a list, or in a map the member NAME.
        """
        made: Object = {
            "apiVersion": f"{self.group}/{self.version}",
            "kind": self.name,
            "metadata": {"name": name},
            "spec": _required(self.schema.get("properties", {}).get("spec", {})),
        }
        for path, value in (values or {}).items():
            made = _with(made, self.schema, path, value)
        return made


def open_definition(group: str, kind: str, *, namespaced: bool = True, version: str = "v1alpha1") -> Object:
    """Return a definition of a kind whose objects may hold whatever they like."""
    name = plural(kind)
    schema = {
        "type": "object",
        "properties": {
            part: {"type": "object", "x-kubernetes-preserve-unknown-fields": True} for part in ("spec", "status")
        },
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{name}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced" if namespaced else "Cluster",
            "names": {"kind": kind, "plural": name, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


def definitions(folder: FilePath) -> list[Object]:
    """Return the definitions that the files of a folder hold."""
    return [
        definition
        for path in sorted(folder.rglob("*.yaml"))
        for definition in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    ]


def members(schema: Mapping[str, Any], path: Path = ()) -> Iterable[tuple[Path, str]]:
    """Yield the path and the type of every member below a schema."""
    for name, of_member in schema.get("properties", {}).items():
        yield (*path, name), of_member["type"]
        yield from members(of_member, (*path, name))
    if "items" in schema:
        yield from members(schema["items"], (*path, "*"))


def _with(node: Any, schema: Mapping[str, Any], path: Sequence[str], value: object) -> Any:
    if not path:
        return value
    head, *rest = path
    if head == "*" and "additionalProperties" in schema:
        return {**(node or {}), NAME: _with(None, schema["additionalProperties"], rest, value)}
    if head == "*":
        first, *others = node or [None]
        return [_with(first, schema.get("items", {}), rest, value), *others]
    node = _required(schema) if node is None else node
    inner = schema.get("properties", {}).get(head, {})
    return {**node, head: _with(node.get(head), inner, rest, value)}


def _required(schema: Mapping[str, Any], name: str = "") -> Any:
    """Return the least that a schema takes."""
    match schema.get("type"):
        case "string":
            return next((text for pattern, text in _TEXTS.items() if re.search(pattern, name)), "example")
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "array":
            return []
        case _:
            required = schema.get("required", ())
            return {member: _required(schema["properties"][member], member) for member in required}
