from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias

from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

Make: TypeAlias = "Callable[..., FlaskClient]"


def test_a_dead_engine_leaves_the_process_alive(client_of: Make) -> None:
    answer = client_of(EngineError("gone")).get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_a_slow_decision_holds_up_no_probe(
    client_of: Make, decision: Callable[..., dict[str, Any]], request_document: dict[str, Any]
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slowly(_: object) -> dict[str, Any]:
        begun.set()
        assert may_end.wait(30)
        return decision()

    app = client_of(slowly).application
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(app.test_client().post, "/v1/validate", json=request_document)
        assert begun.wait(30)
        assert app.test_client().get("/healthz").status_code == 200
        assert not answer.done()
        may_end.set()
        assert answer.result(30).status_code == 200


def test_ready_is_who_could_decide(client_of: Make) -> None:
    answer = client_of().get("/readyz")

    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "failing": {}})


def test_a_dead_engine_is_not_ready_and_named(client_of: Make) -> None:
    answer = client_of(EngineError("connection refused")).get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "failing": {"engine fake": "connection refused"}}


def test_metrics_count_what_was_decided(client_of: Make, request_document: dict[str, Any]) -> None:
    client = client_of()
    client.post("/v1/validate", json=request_document)

    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert 'sealgate_decisions_total{surface="validate",verdict="allowed"} 1.0' in answer.text


def test_metrics_count_where_there_was_no_decision(client_of: Make, request_document: dict[str, Any]) -> None:
    client = client_of({})
    client.post("/v1/validate", json=request_document)

    assert 'sealgate_engine_failures_total{kind="answer"} 1.0' in client.get("/metrics").text
