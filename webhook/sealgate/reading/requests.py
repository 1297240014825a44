"""Requests of the AWS API that are about to be made, in each form in which people have them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading import shapes
from sealgate.reading.words import folded, kind, quoted

Json: TypeAlias = dict[str, Any]

_REQUEST = ("service", "operation", "parameters")
_MOST_CANDIDATES = 5


def read_request(value: object, *, operation: str | None = None, source: str | None = None) -> Json:
    """Return the subject `{"aws_request": {"service", "operation", "parameters"}}` for a request.

    `value` is that inner object; or the parameters alone, as the AWS CLI's --cli-input-json takes them. Then
    `operation` says whose they are (`sagemaker:CreateJob`), or their names do where they fit one operation only. An
    operation that sealgate does not know is passed on, unless it is a known one in another spelling.

    Raises UnreadableInputError, which names `source`, for anything else.
    """
    if not isinstance(value, dict):
        raise UnreadableInputError(f"a request is an object, and this is {kind(value)}", source=source)
    if is_envelope(value):
        return {"aws_request": read_envelope(value, operation=operation, source=source)}
    if operation is None:
        operation = _recognised(value, source)
    service, colon, name = operation.partition(":")
    _refuse_other_spelling(operation, source)
    if not (service and colon and name):
        message = f"{quoted(operation)} is no operation: it is written service:Operation, such as sagemaker:CreateJob"
        raise UnreadableInputError(message, source=source)
    return {"aws_request": {"service": service, "operation": name, "parameters": value}}


def is_envelope(value: Json) -> bool:
    """Say whether an object is meant as `{service, operation, parameters}`: no API has members of two of the names."""
    return len({folded(name) for name in value} & set(_REQUEST)) > 1


def read_envelope(request: object, *, operation: str | None = None, source: str | None = None) -> Json:
    """Return the request `{"service", "operation", "parameters"}`, which is one of `operation` if that is given.

    Raises UnreadableInputError, which names `source`, for anything else.
    """
    if not isinstance(request, dict):
        raise UnreadableInputError(f"aws_request is an object, and this is {kind(request)}", source=source)
    shapes.refuse_other_members(request, _REQUEST, _REQUEST, "a request", source)
    for name in ("service", "operation"):
        if not isinstance(request[name], str) or not request[name]:
            raise UnreadableInputError(f"{quoted(name)} names no {name}", source=source)
    if not isinstance(request["parameters"], dict):
        message = f"{quoted('parameters')} is an object, and this is {kind(request['parameters'])}"
        raise UnreadableInputError(message, source=source)
    named = f"{request['service']}:{request['operation']}"
    _refuse_other_spelling(named, source)
    if operation not in {None, named}:
        message = f"the request is {quoted(named)}, and --operation says {quoted(str(operation))}"
        raise UnreadableInputError(message, source=source)
    return request


def _refuse_other_spelling(operation: str, source: str | None) -> None:
    """Refuse a known operation in another spelling: it would pass as one that carries no key."""
    known = {*resources.operations(), *_members()}
    if operation in known:
        return
    is_whole = ":" in operation
    meant = sorted(name for name in known if folded(operation) == folded(name if is_whole else name.partition(":")[2]))
    if meant:
        message = f"{quoted(operation)} is no operation: did you mean {' or '.join(meant)}?"
        raise UnreadableInputError(message, source=source)


@cache
def _members() -> dict[str, dict[str, list[str]]]:
    """Return the names of each operation's parameters: `{"members": [...], "required": [...]}`."""
    table: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("request_members.json").read_bytes())
    return table


def _recognised(parameters: Json, source: str | None) -> str:
    """Return the one operation that these parameters fit."""
    names = parameters.keys()
    fitting = [
        operation
        for operation, row in _members().items()
        if names and names <= set(row["members"]) and names >= set(row["required"])
    ]
    if len(fitting) == 1:
        return fitting[0]
    near = fitting or _nearest(set(names))
    candidates = ", ".join(near[:_MOST_CANDIDATES]) + (", ..." if len(near) > _MOST_CANDIDATES else "")
    if fitting:
        message = f"these parameters fit several operations ({candidates})"
    elif near:
        message = f"these parameters fit no operation that is known; the nearest: {candidates}"
    else:
        message = "this is neither a request nor the parameters of an operation that is known"
    hint = "say which is meant with --operation, or give service, operation and parameters"
    raise UnreadableInputError(f"{message}; {hint}", source=source)


def _nearest(names: set[str]) -> list[str]:
    """Return the operations that share most parameters, the best first."""
    shared = {
        operation: len(names & set(row["members"])) - len(set(row["required"]) - names)
        for operation, row in _members().items()
    }
    return sorted((name for name, score in shared.items() if score > 0), key=lambda name: (-shared[name], name))[:3]
