"""Every failure as the same JSON: `{"error": {"type", "message", "source"?, "line"?, "column"?}}`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask, Response, g, jsonify
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reading.streams import TooLargeError
from sealgate.reports import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Make the app answer its errors in JSON. What nobody foresaw stays Flask's 500, logged with its traceback."""
    app.register_error_handler(UnreadableInputError, _unreadable)
    app.register_error_handler(TooLargeError, _too_large)
    app.register_error_handler(EngineError, _no_decision)
    app.register_error_handler(HTTPException, _http)


def _unreadable(error: UnreadableInputError) -> Response:
    return _answer(400, problem.describe(error))


def _too_large(error: TooLargeError) -> Response:
    return _http(RequestEntityTooLarge(str(error)))


def _no_decision(error: EngineError) -> Response:
    # The reason may name hosts and files of the service: it is for the log.
    _log.error("no decision: %s", error, extra={"fields": {"request_id": g.request_id}})
    message = "the policy engine gave no decision, so nothing is allowed; the service's log says why"
    return _answer(503, {"type": "no_decision", "message": message})


def _http(error: HTTPException) -> Response:
    kind = error.name.lower().replace(" ", "_")
    answer = _answer(error.code or 500, {"type": kind, "message": error.description or error.name})
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _answer(status: int, members: Mapping[str, str | int]) -> Response:
    answer = jsonify(error=members)
    answer.status_code = status
    return answer
