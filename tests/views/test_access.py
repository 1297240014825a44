from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate import decision_log, logs
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """Return what has been logged so far of requests, as the JSON lines say it. Decisions are another log."""
    caplog.set_level(logging.INFO)
    return lambda: [
        json.loads(logs.JsonFormatter().format(record))
        for record in caplog.records
        if record.name != decision_log.LOGGER
    ]


def test_a_request_is_logged_in_one_line_with_its_verdict(
    client_of: Make, logged: Make, decision: Make, finding: Make, request_document: dict[str, Any]
) -> None:
    denied = decision(allowed=False, findings=[finding(), finding(rule="SG-Z-001", enforcement="warn")])

    client_of(denied).post("/v1/validate", json=request_document, headers={"X-Request-Id": "abc-1"})

    [line] = logged()
    assert line.pop("duration_ms") >= 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "sealgate.views.access",
        "message": "request",
        "request_id": "abc-1",
        "method": "POST",
        "path": "/v1/validate",
        "status": 200,
        "decisions": 1,
        "allowed": 0,
        "denied_by": ["SG-MTRL-002"],
    }


def test_no_line_holds_a_body_or_a_key(client_of: Make, logged: Make, request_document: dict[str, Any]) -> None:
    client_of().post("/v1/validate", json=request_document)

    text = json.dumps(logged())
    assert "1234abcd" not in text
    assert "my-job" not in text
    assert "OutputDataConfig" not in text


def test_the_reason_of_an_engine_is_in_the_log(client_of: Make, logged: Make, request_document: dict[str, Any]) -> None:
    answer = client_of(EngineError("opa.internal:8181 timed out")).post("/v1/validate", json=request_document)

    reason, line = logged()
    assert reason["level"] == "error"
    assert "opa.internal:8181 timed out" in reason["message"]
    assert reason["request_id"] == line["request_id"] == answer.headers["X-Request-Id"]
    assert line["status"] == 503


def test_every_request_gets_an_id(client_of: Make) -> None:
    client = client_of()

    first, second = (client.get("/healthz").headers["X-Request-Id"] for _ in range(2))

    assert first != second


def test_an_id_that_is_no_id_is_replaced(client_of: Make) -> None:
    answer = client_of().get("/healthz", headers={"X-Request-Id": 'x" level="fatal'})

    assert '"' not in answer.headers["X-Request-Id"]


class TestAsText:
    def test_a_value_can_not_pretend_to_be_a_line(self) -> None:
        record = logging.makeLogRecord(
            {"msg": "request", "levelname": "INFO", "created": 0.0, "fields": {"path": "/a\n1970 info all is well"}}
        )

        assert logs.TextFormatter().format(record) == (
            '1970-01-01T00:00:00.000Z info request path="/a\\n1970 info all is well"'
        )

    def test_a_traceback_follows(self) -> None:
        text = logs.TextFormatter().format(failed())

        assert text.splitlines()[0].endswith("error request failed")
        assert text.endswith("RuntimeError: a bug")


def test_a_traceback_is_part_of_the_json_line() -> None:
    line = json.loads(logs.JsonFormatter().format(failed()))

    assert line["exception"].endswith("RuntimeError: a bug")


def failed() -> logging.LogRecord:
    error = RuntimeError("a bug")
    return logging.makeLogRecord(
        {"msg": "request failed", "levelname": "ERROR", "exc_info": (RuntimeError, error, error.__traceback__)}
    )


def test_the_configuration_has_the_form_and_level_that_were_asked_for() -> None:
    json_form, text_form = logs.configuration("info", "json"), logs.configuration("warning", "text")

    assert json_form["formatters"]["line"]["()"] is logs.JsonFormatter
    assert text_form["formatters"]["line"]["()"] is logs.TextFormatter
    assert (json_form["root"]["level"], text_form["root"]["level"]) == ("INFO", "WARNING")
