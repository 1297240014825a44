"""Table of how requests to the guarded services look on the wire, from botocore's service models."""

from __future__ import annotations

import json
import sys
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.session import Session

from sealgate.generate.operations import OPERATIONS
from sealgate.generate.outputs import GenerationError, folded, main

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

OUTPUT = "webhook/sealgate/reading/wire.json"

READABLE = ("json", "rest-json")
"""The protocols that `reading/wire.py` reads. A request in another one is refused."""

GUARDED_BESIDE = ("kms:CreateGrant",)
"""What the policies judge although no row of the table of operations is about it."""

_BINDINGS = {"uri": "path", "querystring": "query", "header": "headers"}

Template: TypeAlias = tuple[str, list[str]]


def generate(root: Path) -> dict[str, bytes]:
    """Return the table (JSON): GenerationError where a guarded operation can't be told from others, or not be read.

    A service stands in it if it is guarded, or if its requests are signed with the name of a guarded one: they can be
    told apart only by what each of them knows.
    """
    rows = json.loads((root / OPERATIONS).read_bytes())
    guarded = {*rows, *GUARDED_BESIDE}
    session = Session()
    models = {name: session.get_service_model(name) for name in session.get_available_services()}
    signing = {models[operation.partition(":")[0]].signing_name for operation in guarded}
    services = {name: model for name, model in models.items() if model.signing_name in signing}
    table = {name: service(name, model, guarded, rows) for name, model in sorted(services.items())}
    refuse_confusion(table)
    return {OUTPUT: (folded(table, 140) + "\n").encode()}


def service(name: str, model: ServiceModel, guarded: set[str], rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a service: how it is addressed, and its operations.

    For the protocol json, `operations` says of each whether it is guarded; for rest-json it holds `{method, uri}`, and
    of a guarded one `guarded` and `bindings {path|query|headers: {name on the wire: member}}`.
    """
    protocols = model.metadata.get("protocols") or [model.metadata["protocol"]]
    protocol = next((protocol for protocol in protocols if protocol in READABLE), None)
    if protocol is None:
        raise GenerationError(f"{name} speaks {', '.join(protocols)}, none of which is read: {', '.join(READABLE)}")
    row = {"signing_name": model.signing_name, "endpoint_prefix": model.endpoint_prefix, "protocol": protocol}
    if protocol == "json":
        operations: dict[str, Any] = {one: f"{name}:{one}" in guarded for one in sorted(model.operation_names)}
        return {**row, "target_prefix": model.metadata["targetPrefix"], "operations": operations}
    described = {}
    for one in sorted(model.operation_names):
        operation = model.operation_model(one)
        if "+}" in operation.http["requestUri"] or "?" in operation.http["requestUri"]:
            raise GenerationError(
                f"{name}:{one} is addressed in a form that is not read: {operation.http['requestUri']}"
            )
        described[one] = {"method": operation.http["method"], "uri": operation.http["requestUri"]}
        if f"{name}:{one}" in guarded:
            described[one] |= {"guarded": True, **bindings(f"{name}:{one}", operation, rows)}
    return {**row, "operations": described}


def bindings(title: str, operation: OperationModel, rows: Mapping[str, Any]) -> dict[str, dict[str, dict[str, str]]]:
    """Return where on the wire the members of a guarded operation stand that are not in its body."""
    request = operation.input_shape
    if request is None or "payload" in request.serialization:
        raise GenerationError(f"{title} sends its members in a form that is not read")
    bound: dict[str, dict[str, str]] = {}
    for member, shape in request.members.items():
        location = shape.serialization.get("location")
        if location is None:
            continue
        if location not in _BINDINGS:
            raise GenerationError(f"{title} binds {member} to {location}, which is not read")
        bound.setdefault(_BINDINGS[location], {})[shape.serialization.get("name", member)] = member
    read = {tuple(path) for path in _paths(rows.get(title, {}))}
    for path in _renamed(request, (), frozenset()):
        if any(known[: len(path)] == path for known in read):
            raise GenerationError(f"{title} sends {'.'.join(path)}, which the policies read, under another name")
    return {"bindings": bound} if bound else {}


def refuse_confusion(table: Mapping[str, Any]) -> None:
    """Raise GenerationError where a request of a guarded operation could be one of another operation just as well."""
    operations = [
        (row["signing_name"], f"{name}:{one}", described)
        for name, row in table.items()
        if row["protocol"] == "rest-json"
        for one, described in row["operations"].items()
    ]
    for (signing, title, one), (other_signing, other_title, other) in combinations(operations, 2):
        if signing == other_signing and (one.get("guarded") or other.get("guarded")) and _overlap(one, other):
            raise GenerationError(f"{title} and {other_title} can't be told apart: {one['method']} {one['uri']}")


def _overlap(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    segments, others = (described["uri"].rstrip("/").split("/") for described in (one, other))
    return (
        one["method"] == other["method"]
        and len(segments) == len(others)
        and all(a == b or a.startswith("{") or b.startswith("{") for a, b in zip(segments, others, strict=True))
    )


def _paths(value: object) -> Iterator[list[str]]:
    """Yield every list of names in a row of the table of operations: each of them is a path or leads nowhere."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _paths(member)
    elif isinstance(value, list):
        if value and all(isinstance(step, str) for step in value):
            yield value
        for element in value:
            yield from _paths(element)


def _renamed(shape: Shape, path: tuple[str, ...], within: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each member of a body that stands there under another name."""
    if shape.name in within:
        return
    within |= {shape.name}
    inner: Iterable[tuple[str, Shape]] = ()
    if isinstance(shape, StructureShape):
        inner = shape.members.items()
    elif isinstance(shape, ListShape | MapShape):
        inner = [("*", shape.member if isinstance(shape, ListShape) else shape.value)]
    for step, member in inner:
        name = member.serialization.get("name", step)
        if step not in {"*", name} and "location" not in member.serialization:
            yield (*path, step)
        yield from _renamed(member, (*path, step), within)


if __name__ == "__main__":
    sys.exit(main(generate))
