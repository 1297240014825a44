"""`POST /v1/data/sealgate/gateway`: the answer of `/v1/authorize` in the shape of OPA's data API.

For gateways with a plugin that asks OPA: Kong's `opa` and APISIX's `opa`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from sealgate.errors import UnreadableInputError
from sealgate.gateway import Gate
from sealgate.reading import wire
from sealgate.reading.wire import WireRequest
from sealgate.reading.words import kind
from sealgate.views import access, aws_error, body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sealgate.context.sources import Knowledge
    from sealgate.gateway import Verdict
    from sealgate.metrics import Metrics
    from sealgate.settings import Settings
    from sealgate.views.deciding import Decider

_STATUS = 403


def blueprint(decider: Decider, settings: Settings, metrics: Metrics, knowledge: Knowledge) -> Blueprint:
    """Return the view. It answers 200 always, since the plugins make their own error of anything else."""
    views = Blueprint("opa", __name__)
    gate = Gate(decider, settings, metrics, knowledge, "opa")

    @views.post("/v1/data/sealgate/gateway")
    def decide() -> Response:
        # The input is read where an error in it is a refusal.
        read: dict[str, Any] = {}

        def asked() -> WireRequest:
            read.update(_http(request_body()))
            return _wire_request(read)

        verdict = gate.judge(asked, lambda: _body(read))
        access.describe(operation=verdict.operation, outcome=verdict.outcome)
        headers = read.get("headers")
        return jsonify(result=_result(verdict, headers if isinstance(headers, dict) else {}))

    def request_body() -> object:
        try:
            return body.read(request)
        except (RequestEntityTooLarge, UnsupportedMediaType) as error:
            raise UnreadableInputError(f"the gateway's question can't be read: {error.description}") from error

    return views


def _result(verdict: Verdict, headers: Mapping[str, Any]) -> dict[str, Any]:
    if verdict.allows:
        # Kong would add headers to the client's request, and it passes as it is.
        return {"allow": True}
    is_json_1_1 = any(name.lower() == "x-amz-target" for name in headers)
    return {
        "allow": False,
        # Kong reads `status` and `message`, APISIX `status_code` and `reason`, which becomes the whole body.
        "status": _STATUS,
        "status_code": _STATUS,
        "message": verdict.message,
        "reason": aws_error.body(verdict),
        "headers": {
            **aws_error.headers(verdict, is_json_1_1=is_json_1_1, request_id=g.request_id),
            # Kong sends the message alone, without the code that clients of JSON 1.1 look for in the body. This header
            # tells it to them as well.
            "x-amzn-query-error": f"{aws_error.CODE};Sender",
        },
    }


def _http(content: object) -> dict[str, Any]:
    """Return what the input says of the client's request: Kong's `request.http`, or APISIX's `request`."""
    http = content
    for member in ("input", "request"):
        http = http.get(member) if isinstance(http, dict) else None
    if isinstance(http, dict) and isinstance(http.get("http"), dict):
        http = http["http"]
    if not isinstance(http, dict):
        raise UnreadableInputError(
            "the gateway's question has no input.request, as the OPA plugins of Kong and APISIX send it"
        )
    return http


def _wire_request(http: Mapping[str, Any]) -> WireRequest:
    method, path, headers = (http.get(name) for name in ("method", "path", "headers"))
    if not (isinstance(method, str) and isinstance(path, str) and isinstance(headers, dict)):
        raise UnreadableInputError("the gateway's question does not say the method, the path and the headers")
    path, rest = wire.split_target(path)
    return WireRequest(
        method=method,
        path=path,
        query=[*rest, *_pairs(http.get("querystring", http.get("query", {})))],
        headers={
            name.lower(): ",".join(value for _, value in _pairs({name: values})) for name, values in headers.items()
        },
    )


def _pairs(values: object) -> Iterator[tuple[str, str]]:
    """Yield names and values of a Lua table: one that is sent several times has a list, one without a value `true`."""
    if isinstance(values, str):
        yield from parse_qsl(values, keep_blank_values=True)
        return
    if isinstance(values, list) and not values:
        # An empty table, which Lua does not tell from an empty list.
        return
    if not isinstance(values, dict):
        raise UnreadableInputError(f"the gateway's question has {kind(values)} where names and values stand")
    for name, several in values.items():
        for value in several if isinstance(several, list) else [several]:
            if not isinstance(value, str | bool):
                raise UnreadableInputError(f"the gateway's question has {kind(value)} where a value stands")
            yield name, value if isinstance(value, str) else ""


def _body(http: Mapping[str, Any]) -> bytes:
    """Return the client's body, as it was sent.

    A parsed one will not do: the plugin has decided already which of two members with the same name counts.
    """
    content = http.get("body", "")
    if not isinstance(content, str):
        raise UnreadableInputError(f"the gateway's question has {kind(content)} as the body")
    if not content and "parsed_body" in http:
        raise UnreadableInputError(
            "the gateway shows the body parsed only: set include_body_in_opa_input of Kong's plugin"
        )
    return content.encode()
