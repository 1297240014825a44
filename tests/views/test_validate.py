from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate.app import create_app
from sealgate.errors import EngineError
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Make: TypeAlias = "Callable[..., Any]"


def subject(request: dict[str, Any]) -> dict[str, Any]:
    return {"subject": {"aws_request": request}}


class TestOneRequest:
    def test_is_answered_with_its_decision(
        self, client_of: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        answer = client_of().post("/v1/validate", json=subject(request_document))

        assert answer.status_code == 200
        assert answer.json == decision()

    def test_may_come_without_its_envelope(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        answer = client_of(engine).post("/v1/validate", json=request_document)

        assert answer.status_code == 200
        assert engine.documents[0]["subject"] == {"aws_request": request_document}

    def test_is_denied_with_status_200(
        self, client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
    ) -> None:
        denied = decision(allowed=False, findings=[finding()])

        answer = client_of(denied).post("/v1/validate", json=request_document)

        assert (answer.status_code, answer.json) == (200, denied)

    def test_is_judged_by_the_settings_of_the_service_at_the_time_of_the_request(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        client_of(engine, policy={"unverified": "deny"}).post("/v1/validate", json=request_document)

        document = engine.documents[0]
        assert document["settings"] == {"unverified": "deny"}
        assert document["now"].endswith("Z")
        assert list(document["parsed"]) == ["/aws_request/parameters/JobConfigDocument"]


class TestContext:
    def test_of_the_caller_is_used_and_named(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        client_of(engine, context={"account": "111122223333"}).post(
            "/v1/validate", json={**subject(request_document), "context": {"region": "us-west-2"}}
        )

        document = engine.documents[0]
        assert document["context"]["region"] == "us-west-2"
        assert document["context"]["account"] == "111122223333"
        assert len(document["context_from_caller"]) == 1
        assert "region" in document["context_from_caller"][0]

    def test_of_the_caller_is_refused_where_the_settings_say_so(
        self, client_of: Make, request_document: dict[str, Any]
    ) -> None:
        client = client_of(accept_context=False)

        answer = client.post("/v1/validate", json={**subject(request_document), "context": {}})

        assert answer.status_code == 400
        assert "takes no context" in answer.json["error"]["message"]

    def test_is_not_missed_where_it_is_refused(self, client_of: Make, request_document: dict[str, Any]) -> None:
        assert client_of(accept_context=False).post("/v1/validate", json=request_document).status_code == 200


class TestABody:
    @pytest.mark.parametrize(
        "body", [b"", b"{", b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"a": 1} x', b'"text"', b"null"]
    )
    def test_that_is_no_input_is_refused_with_the_reason(self, client_of: Make, body: bytes) -> None:
        answer = client_of().post("/v1/validate", data=body, content_type="application/json")

        assert answer.status_code == 400
        assert answer.json["error"]["type"] == "unreadable_input"
        assert answer.json["error"]["message"]

    def test_that_is_wrong_has_its_place_named(self, client_of: Make) -> None:
        answer = client_of().post("/v1/validate", data=b'{\n  "a": tru }', content_type="application/json")

        assert answer.json["error"]["line"] == 2
        assert answer.json["error"]["column"] == 8

    @pytest.mark.parametrize("name", ["settings", "now", "parsed", "context_from_caller"])
    def test_may_not_say_what_the_service_says(
        self, client_of: Make, request_document: dict[str, Any], name: str
    ) -> None:
        answer = client_of().post("/v1/validate", json={**subject(request_document), name: {}})

        assert answer.status_code == 400
        assert name in answer.json["error"]["message"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/x-www-form-urlencoded"},
            {},
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        ],
    )
    def test_that_is_not_announced_as_json_is_refused(
        self, client_of: Make, request_document: dict[str, Any], headers: Mapping[str, str]
    ) -> None:
        answer = client_of().post("/v1/validate", data=json.dumps(request_document), headers=headers)

        assert answer.status_code == 415
        assert answer.json["error"]["type"] == "unsupported_media_type"

    def test_may_name_its_charset(self, client_of: Make, request_document: dict[str, Any]) -> None:
        answer = client_of().post(
            "/v1/validate", data=json.dumps(request_document), content_type="application/json; charset=utf-8"
        )

        assert answer.status_code == 200

    def test_that_is_too_large_is_refused(self, client_of: Make, request_document: dict[str, Any]) -> None:
        answer = client_of(max_body_bytes=100).post("/v1/validate", json=request_document)

        assert answer.status_code == 413
        assert answer.json["error"]["type"] == "request_entity_too_large"


class TestABatch:
    def test_is_answered_in_its_order(
        self, client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
    ) -> None:
        def by_name(document: Mapping[str, Any]) -> dict[str, Any]:
            bad = document["subject"]["aws_request"]["parameters"]["JobName"] == "bad"
            return dict(decision(allowed=not bad, findings=[finding()] if bad else []))

        bad = {**request_document, "parameters": {**request_document["parameters"], "JobName": "bad"}}

        answer = client_of(by_name).post(
            "/v1/validate", json={"batch": [request_document, bad, subject(request_document)]}
        )

        assert answer.status_code == 200
        assert [one["allowed"] for one in answer.json["decisions"]] == [True, False, True]

    def test_is_not_begun_where_one_entry_can_not_be_read(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        answer = client_of(engine).post("/v1/validate", json={"batch": [request_document, 7]})

        assert answer.status_code == 400
        assert answer.json["error"]["source"] == "/batch/1"
        assert engine.documents == []

    def test_is_not_answered_in_part(self, client_of: Make, decision: Make, request_document: dict[str, Any]) -> None:
        answers: list[object] = [decision(), EngineError("gone")]

        answer = client_of(lambda _: answers.pop(0)).post("/v1/validate", json={"batch": [request_document] * 2})

        assert answer.status_code == 503
        assert "decisions" not in answer.json

    @pytest.mark.parametrize("batch", [[], {}, None, "batch"])
    def test_without_an_input_is_refused(self, client_of: Make, batch: object) -> None:
        assert client_of().post("/v1/validate", json={"batch": batch}).status_code == 400

    def test_has_nothing_beside_it(self, client_of: Make, request_document: dict[str, Any]) -> None:
        answer = client_of().post("/v1/validate", json={"batch": [request_document], "context": {}})

        assert answer.status_code == 400
        assert "context" in answer.json["error"]["message"]

    def test_larger_than_the_service_takes_is_refused(self, client_of: Make, request_document: dict[str, Any]) -> None:
        answer = client_of(max_batch=2).post("/v1/validate", json={"batch": [request_document] * 3})

        assert answer.status_code == 413
        assert "this service takes 2" in answer.json["error"]["message"]


class TestAnEngine:
    @pytest.mark.parametrize(
        "answer",
        [EngineError("opa.internal:8181 timed out"), {}, {"allowed": True}, [], None, "allowed"],
    )
    def test_without_a_decision_allows_nothing(
        self, client_of: Make, request_document: dict[str, Any], answer: object
    ) -> None:
        response = client_of(answer).post("/v1/validate", json=request_document)

        assert response.status_code == 503
        assert response.json["error"]["type"] == "no_decision"

    def test_that_contradicts_itself_allows_nothing(
        self, client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
    ) -> None:
        contradiction = decision(allowed=True, findings=[finding()])

        assert client_of(contradiction).post("/v1/validate", json=request_document).status_code == 503

    def test_that_fails_tells_the_caller_nothing_of_the_inside(
        self, client_of: Make, request_document: dict[str, Any]
    ) -> None:
        response = client_of(EngineError("opa.internal:8181 timed out")).post("/v1/validate", json=request_document)

        assert "opa.internal" not in response.text

    def test_that_has_a_bug_is_a_500_in_json(self, client_of: Make, request_document: dict[str, Any]) -> None:
        response = client_of(RuntimeError("a bug")).post("/v1/validate", json=request_document)

        assert response.status_code == 500
        assert response.json["error"]["type"] == "internal_server_error"
        assert "a bug" not in response.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["subject", "aws_request", "service", "operation", "parameters", "context", "batch", "JobConfigDocument", "keys"]
)
LIKELY = st.recursive(
    JSON | st.sampled_from(["sagemaker", "CreateJob", '{"a": 1, "a": 2}', "[" * 3000]),
    lambda inner: st.dictionaries(NAMES, inner, max_size=4) | st.lists(inner, max_size=2),
    max_leaves=12,
)


class TestNoBody:
    @given(body=st.binary(max_size=64) | (JSON | LIKELY).map(lambda value: json.dumps(value).encode()))
    def test_makes_the_service_fail(self, body: bytes) -> None:
        answer = CLIENT.post("/v1/validate", data=body, content_type="application/json")

        assert answer.status_code in {200, 400}
        assert answer.is_json


class Allowing:
    """An engine that allows everything, so that only the reading is at stake."""

    name = "allowing"

    def evaluate(self, document: Mapping[str, Any], *, entrypoint: str = "", timeout_s: float | None = None) -> Any:  # noqa: ARG002 the protocol's
        return {
            "allowed": True,
            "findings": [],
            "checked": [{"subject": "a", "operation": "b", "rules": []}],
            "notes": [],
            "exceptions": [],
            "context_from_caller": [],
            "version": {"policies": "0", "schema": 1},
        }

    def check(self) -> None: ...

    def close(self) -> None: ...


CLIENT = create_app(Settings.load(None, {}), engine=Allowing()).test_client()
