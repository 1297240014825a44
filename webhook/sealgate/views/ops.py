"""What operators ask: alive, ready, counted, described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from sealgate import openapi
from sealgate.errors import EngineError

if TYPE_CHECKING:
    import threading

    from sealgate.engines import Engine
    from sealgate.metrics import Metrics


def blueprint(engine: Engine, metrics: Metrics, stopping: threading.Event) -> Blueprint:
    """Return the operators' views; only `/readyz` asks the engine, unless the service is `stopping`."""
    views = Blueprint("ops", __name__)

    @views.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @views.get("/readyz")
    def readyz() -> tuple[Response, int]:
        if stopping.is_set():
            return jsonify(ready=False, failing={"service": "it is stopping, and answers until then"}), 503
        try:
            engine.check()
        except EngineError as error:
            return jsonify(ready=False, failing={f"engine {engine.name}": str(error)}), 503
        return jsonify(ready=True, failing={}), 200

    @views.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    @views.get("/openapi.json")
    def description() -> Response:
        return jsonify(openapi.document())

    return views
