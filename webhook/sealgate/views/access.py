"""One log line a request: who asked what, and the verdict. Never a body, never a key."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

if TYPE_CHECKING:
    from sealgate.decisions import Decision
    from sealgate.metrics import Metrics

_log = logging.getLogger(__name__)

RECEIVED = "sealgate.received"
"""The member of a WSGI environment that says when its request began to come in, on the monotonic clock.

Our own server says so: the time that a request waits for a thread is its client's too.
"""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


def register(app: Flask, metrics: Metrics) -> None:
    """Give every request an id (its own X-Request-Id, or a new one), answer with it, and log the request when done.

    Meanwhile it is counted as being answered. `g.started` is when it began to come in, on the monotonic clock.
    """

    def begin() -> None:
        metrics.request_began()
        g.started = request.environ.get(RECEIVED, time.monotonic())
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        g.decisions = []

    def tear_down(_: BaseException | None) -> None:
        # The app may be torn down without ever having begun: in a test's own context.
        if "started" in g:
            metrics.request_ended()

    app.before_request(begin)
    app.after_request(_end)
    app.teardown_request(tear_down)


def remember(decision: Decision) -> None:
    """Have the line of this request say what was decided, beside what was decided before."""
    g.decisions.append(decision)


def describe(**fields: str | None) -> None:
    """Have the line of this request say these things too, as far as they are known."""
    g.described = {name: value for name, value in fields.items() if value is not None}


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    fields: dict[str, object] = {
        "request_id": g.request_id,
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "duration_ms": round((time.monotonic() - g.started) * 1000, 2),
    }
    fields |= g.get("described", {})
    decisions: list[Decision] = g.decisions
    if decisions:
        findings = [finding for decision in decisions for finding in decision["findings"]]
        fields["decisions"] = len(decisions)
        fields["allowed"] = sum(decision["allowed"] for decision in decisions)
        fields["denied_by"] = sorted({found["rule"] for found in findings if found["enforcement"] == "deny"})
    _log.info("request", extra={"fields": fields})
    return response
