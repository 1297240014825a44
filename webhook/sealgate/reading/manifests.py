"""Kubernetes objects, as manifests and API servers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sealgate.errors import UnreadableInputError
from sealgate.reading import shapes
from sealgate.reading.words import did_you_mean, kind, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sealgate.reading.places import Path as Place

Json: TypeAlias = dict[str, Any]

OPERATIONS = {"CREATE": True, "UPDATE": True, "DELETE": False, "CONNECT": False}
"""What is done to objects, and whether each comes with the object as it will be."""

MEMBERS = ("object", "oldObject", "operation", "namespace", "dryRun")
"""The members of the subject: those of an AdmissionRequest of admission.k8s.io/v1 with the same names."""

_LIST = "List"
# Whose files have apiVersion and kind as well, and are read by a tool, not by an API server.
_TOOLS = {"kustomize.config.k8s.io"}

_KINDS: Mapping[str, tuple[type, str]] = {
    "object": (dict, "an object"),
    "oldObject": (dict, "an object"),
    "operation": (str, "a string"),
    "namespace": (str, "a string"),
    "dryRun": (bool, "a boolean"),
}


def read_value(value: object, *, source: str | None = None) -> Json:
    """Return the subject `kubernetes_object` that a value is, without the members that are null.

    Raises UnreadableInputError, which names `source`, for a value of another shape, and where there is no object
    although what is done to it has one.
    """
    if not isinstance(value, dict):
        raise UnreadableInputError(f"kubernetes_object is an object, and this is {kind(value)}", source=source)
    shapes.refuse_other_members(value, MEMBERS, ("object",), "a Kubernetes object", source)
    given = {name: member for name, member in value.items() if member is not None}
    for name, member in given.items():
        expected, what = _KINDS[name]
        if not isinstance(member, expected):
            raise UnreadableInputError(f"{quoted(name)} is {kind(member)}, not {what}", source=source)
    operation = given.get("operation", "CREATE")
    if operation not in OPERATIONS:
        message = f"{quoted(operation)} is no operation{did_you_mean(operation, OPERATIONS)}"
        raise UnreadableInputError(f"{message}; there are {', '.join(OPERATIONS)}", source=source)
    if OPERATIONS[operation] and "object" not in given:
        raise UnreadableInputError(f"there is no object, and {operation} has one", source=source)
    return {"object": None, **given}


def is_object(value: object) -> bool:
    """Say whether a JSON value is meant as an object of Kubernetes: no request of AWS has members of both names."""
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("apiVersion", "kind"))


def is_stored(content: Json) -> bool:
    """Say whether an object is one of a cluster, and not the configuration of a tool that is written alike."""
    group = content["apiVersion"].partition("/")[0]
    return group not in _TOOLS and not content.keys().isdisjoint({"metadata", "spec", "items", "request"})


def flattened(content: Json, place: Place) -> Iterator[tuple[Place, Json]]:
    """Yield the objects that one stands for, with their places: its items, where it is a list, or itself.

    Items of a list of one kind (TrainingJobList) may leave out what the list says of them. Raises
    UnreadableInputError for an item that is no object.
    """
    items = content.get("items")
    if not (content["kind"].endswith(_LIST) and isinstance(items, list)):
        yield place, content
        return
    common = {"apiVersion": content["apiVersion"], "kind": content["kind"].removesuffix(_LIST)}
    for index, item in enumerate(items):
        whole = {**common, **item} if isinstance(item, dict) and common["kind"] else item
        if not is_object(whole):
            raise UnreadableInputError(f"item {index + 1} of {name_of(content)} has no apiVersion and kind")
        yield from flattened(whole, (*place, "items", index))


def name_of(content: Mapping[str, Any]) -> str:
    """Return what findings call an object: `<group>/<Kind> <namespace>/<name>`, without the parts that it lacks."""
    group, slash, _ = _text(content.get("apiVersion")).rpartition("/")
    metadata = content.get("metadata")
    members = metadata if isinstance(metadata, dict) else {}
    name = _text(members.get("name")) or _text(members.get("generateName"))
    place = "/".join(part for part in (_text(members.get("namespace")), name) if part)
    return f"{group}{slash}{_text(content.get('kind'))} {place}".strip()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
