"""`ANY /v1/authorize/...`: whether a client's request may pass the gateway that asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import PathConverter

from sealgate.errors import UnreadableInputError
from sealgate.gateway import Gate
from sealgate.reading import wire
from sealgate.reading.wire import WireRequest
from sealgate.reading.words import quoted
from sealgate.views import access, aws_error

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

    from sealgate.context.sources import Knowledge
    from sealgate.metrics import Metrics
    from sealgate.settings import Settings
    from sealgate.views.deciding import Decider

_PREFIX = "/v1/authorize"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_UNREAD = 64 * 1024**2
_CHUNK = 64 * 1024

# How a gateway names the method, the target and the host of the original request.
_HEADERS = {
    "x-forwarded": ("x-forwarded-method", "x-forwarded-uri", "x-forwarded-host"),
    "x-original": ("x-original-method", "x-original-uri", "host"),
}


class _AnyPath(PathConverter):
    """Whatever follows, slashes at its beginning included: the path is the client's, and never this service's."""

    regex = ".*"
    part_isolating = False


def blueprint(decider: Decider, settings: Settings, metrics: Metrics, knowledge: Knowledge) -> Blueprint:
    """Return the view: 200 where the request may pass, 403 with an error of AWS where it may not, and nothing else."""
    views = Blueprint("authorize", __name__)
    gate = Gate(decider, settings, metrics, knowledge, "authorize")

    @views.record_once
    def _register(state: BlueprintSetupState) -> None:
        state.app.url_map.converters["any_path"] = _AnyPath

    def authorize(original: str) -> Response:  # noqa: ARG001 decoded: what counts is the path as it was sent
        headers = {name.lower(): value for name, value in request.headers.items()}
        verdict = gate.judge(lambda: _asked(headers, settings), _body)
        _finish_body()
        access.describe(operation=verdict.operation, outcome=verdict.outcome)
        if verdict.allows:
            return Response(status=200, headers=aws_error.rules(verdict))
        return Response(
            json.dumps(aws_error.body(verdict)),
            status=403,
            headers=aws_error.headers(verdict, is_json_1_1="x-amz-target" in headers, request_id=g.request_id),
        )

    views.add_url_rule(
        f"{_PREFIX}/<any_path:original>",
        view_func=authorize,
        methods=_METHODS,
        provide_automatic_options=False,
        merge_slashes=False,
    )
    return views


def _asked(headers: dict[str, str], settings: Settings) -> WireRequest:
    """Return the client's request, from where the settings say that the gateway puts it."""
    if settings.gateway_original == "path-prefix":
        method, target = request.method, _own_target(headers)
    else:
        named = _HEADERS[settings.gateway_original]
        method, target, host = (headers.get(name, "") for name in named)
        if not method.isalpha() or not target:
            raise UnreadableInputError(f"the gateway does not say {named[0]} and {named[1]}, each once")
        headers = {**headers, "host": host}
    path, query = wire.split_target(target)
    return WireRequest(method=method, path=path, query=query, headers=headers)


def _own_target(headers: dict[str, str]) -> str:
    """Return what follows the prefix in the request's own target, as it was sent.

    Raises UnreadableInputError where a header names another one: then the gateway is of another kind than the settings
    say, or the client wants to be.
    """
    # The decoded path of WSGI would hide an encoded slash.
    raw = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "")
    if not raw.startswith(f"{_PREFIX}/"):
        raise UnreadableInputError(f"no path follows {_PREFIX}: see gateway.original in the settings")
    target = raw.removeprefix(_PREFIX)
    for _, name, _ in _HEADERS.values():
        if headers.get(name, target) != target:
            said = f"{name} is {quoted(headers[name])}, and the path {quoted(target)}"
            raise UnreadableInputError(f"{said}: see gateway.original in the settings")
    return target


def _body() -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise UnreadableInputError("the body is larger than this service reads (max_body_bytes)") from error


def _finish_body() -> None:
    """Read what nobody read: a connection that is closed before that is reset, and the answer with it."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, _UNREAD)
    while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
        left -= len(chunk)
