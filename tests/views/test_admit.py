from __future__ import annotations

import copy
import dataclasses
import json
import logging
import socket
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import DECISION, JOB, REVIEW, FakeEngine

from sealgate import decision_log
from sealgate.app import create_app
from sealgate.engines.opa import OpaEngine
from sealgate.errors import EngineError
from sealgate.reading import reviews
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

UID = REVIEW["request"]["uid"]


class TestAReview:
    def test_is_allowed_by_its_uid(self, client_of: Make, review: Make) -> None:
        answer = client_of().post("/v1/admit", json=review())

        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert answer.get_json() == {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "response": {
                "uid": UID,
                "allowed": True,
                "auditAnnotations": {"verdict": "allowed", "policies": "0.1.0+0123456789ab"},
            },
        }

    def test_is_denied_with_status_200(self, client_of: Make, review: Make, decision: Make, finding: Make) -> None:
        denied = decision(allowed=False, findings=[finding(path=["spec", "outputDataConfig", "kmsKeyID"])])

        answer = client_of(denied).post("/v1/admit", json=review())

        response = answer.get_json()["response"]
        assert answer.status_code == 200
        assert (response["uid"], response["allowed"]) == (UID, False)
        assert response["status"]["code"] == 403
        assert response["status"]["details"]["causes"][0]["field"] == "spec.outputDataConfig.kmsKeyID"

    @pytest.mark.parametrize(
        ("members", "subject"),
        [
            ({}, {"operation": "CREATE", "dryRun": False}),
            ({"dryRun": True}, {"operation": "CREATE", "dryRun": True}),
            ({"operation": "UPDATE", "oldObject": {"spec": {}}}, {"operation": "UPDATE", "oldObject": {"spec": {}}}),
            (
                {"operation": "DELETE", "object": None, "oldObject": {"spec": {}}},
                {"operation": "DELETE", "object": None, "oldObject": {"spec": {}}},
            ),
        ],
    )
    def test_is_asked_about_as_it_came(
        self, client_of: Make, engine_that: Make, review: Make, members: dict[str, Any], subject: dict[str, Any]
    ) -> None:
        engine = engine_that(DECISION)

        client_of(engine, policy={"unverified": "deny"}, context={"region": "us-west-2"}).post(
            "/v1/admit", json=review(**members)
        )

        [document] = engine.documents
        expected = {"object": REVIEW["request"]["object"], "namespace": "ml", "dryRun": False, **subject}
        assert document["subject"] == {"kubernetes_object": expected}
        assert document["settings"] == {"unverified": "deny"}
        assert document["context"] == {"region": "us-west-2"}

    def test_may_be_larger_than_any_other_body(self, client_of: Make, review: Make) -> None:
        large = review(object={"spec": {"text": "x" * 8 * 1024**2}})
        client = client_of(max_body_bytes=1024)

        assert client.post("/v1/admit", json=large).get_json()["response"]["allowed"] is True
        assert client.post("/v1/validate", json=large).status_code == 413

    def test_of_a_dry_run_is_answered_alike_and_marked_in_the_log(
        self, client_of: Make, review: Make, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, logger=decision_log.LOGGER)
        client = client_of(log_usernames=True)

        answers = [client.post("/v1/admit", json=review(dryRun=dry_run)).get_json() for dry_run in (False, True)]

        assert answers[0] == answers[1]
        told = [record.fields for record in caplog.records if record.name == decision_log.LOGGER]  # type: ignore[attr-defined]  # it is ours
        assert [(line["uid"], line["dry_run"], line["user"]) for line in told] == [
            (UID, False, "jane"),
            (UID, True, "jane"),
        ]

    def test_is_counted(self, client_of: Make, review: Make) -> None:
        client = client_of()
        client.post("/v1/admit", json=review())

        text = client.get("/metrics").text
        assert 'sealgate_decisions_total{surface="admit",verdict="allowed"} 1.0' in text
        assert 'sealgate_decision_duration_seconds_count{surface="admit"} 1.0' in text

    def test_that_is_only_warned_about_is_allowed(
        self, client_of: Make, review: Make, decision: Make, finding: Make
    ) -> None:
        warned = decision(findings=[finding(enforcement="warn", path=["spec", "kmsKeyID"])])

        response = client_of(warned).post("/v1/admit", json=review()).get_json()["response"]

        assert response["allowed"] is True
        assert "status" not in response
        assert response["warnings"] == ["spec.kmsKeyID: the output key is named by an alias (SG-MTRL-002)"]


class TestWhatIsNoReview:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"", "the text is empty"),
            (b"{", "the text ends before"),
            (b"[]", "an AdmissionReview is an object, and this is a list"),
            (b"{}", "apiVersion is missing, not admission.k8s.io/v1"),
            (b'{"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview"}', "v1beta1"),
            (b'{"apiVersion": "admission.k8s.io/v1", "kind": "Review"}', 'kind is "Review", not AdmissionReview'),
            (b'{"apiVersion": 1, "kind": "AdmissionReview"}', "apiVersion is a number, not admission.k8s.io/v1"),
            (b'{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}', "request is missing"),
            (
                b'{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": []}',
                "request is a list, not an object",
            ),
            (
                b'{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {}}',
                "request.uid is no text",
            ),
            (
                b'{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": ""}}',
                "request.uid is no text",
            ),
            (b'{"apiVersion": "admission.k8s.io/v1", "request": {"uid": "a", "uid": "b"}}', 'duplicate key "uid"'),
        ],
    )
    def test_is_refused(self, client_of: Make, engine_that: Make, body: bytes, message: str) -> None:
        engine = engine_that(DECISION)

        answer = client_of(engine).post("/v1/admit", data=body, content_type="application/json")

        assert answer.status_code == 400
        assert message in answer.get_json()["error"]["message"]
        assert engine.documents == []

    @pytest.mark.parametrize(
        "headers",
        [{"Content-Type": "text/plain"}, {}, {"Content-Type": "application/json", "Content-Encoding": "gzip"}],
    )
    def test_is_what_is_not_announced_as_json(self, client_of: Make, headers: dict[str, str]) -> None:
        answer = client_of().post("/v1/admit", data=json.dumps(REVIEW), headers=headers)

        assert answer.status_code == 400
        assert answer.get_json()["error"]["message"].startswith("this is no AdmissionReview: send ")

    def test_is_what_is_too_large(self, client_of: Make, review: Make) -> None:
        answer = client_of(max_review_bytes=1024).post("/v1/admit", json=review(object={"a": "x" * 1024}))

        assert answer.status_code == 413
        assert answer.get_json()["error"]["type"] == "request_entity_too_large"


class TestNoDecision:
    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (EngineError("opa.internal:8181 is slow", kind="timeout"), "there was no decision within the time"),
            (EngineError("512 MiB", kind="memory"), "there was no decision within the memory"),
            (EngineError("opa.internal:8181 refused", kind="unreachable"), "the policy engine can't be reached"),
            (EngineError("opa.internal:8181 failed"), "the policy engine failed"),
        ],
    )
    def test_denies_with_the_uid_and_the_reason(
        self, client_of: Make, review: Make, caplog: pytest.LogCaptureFixture, error: EngineError, reason: str
    ) -> None:
        answer = client_of(error).post("/v1/admit", json=review())

        response = answer.get_json()["response"]
        assert answer.status_code == 200
        assert (response["uid"], response["allowed"]) == (UID, False)
        assert response["auditAnnotations"] == {"verdict": "no_decision"}
        status = response["status"]
        assert (status["code"], status["reason"]) == (503, "ServiceUnavailable")
        assert status["message"].startswith(reason)
        assert status["message"].endswith(", so it is denied")
        assert "internal" not in answer.text
        assert str(error) in caplog.text

    def test_is_also_an_answer_that_is_none(self, client_of: Make, review: Make) -> None:
        response = client_of({"allowed": True}).post("/v1/admit", json=review()).get_json()["response"]

        assert (response["allowed"], response["status"]["code"]) == (False, 503)

    def test_is_also_a_bug(self, client_of: Make, review: Make, caplog: pytest.LogCaptureFixture) -> None:
        answer = client_of(RuntimeError("a bug")).post("/v1/admit", json=review())

        response = answer.get_json()["response"]
        assert (answer.status_code, response["uid"], response["allowed"]) == (200, UID, False)
        assert (response["status"]["code"], response["status"]["reason"]) == (500, "InternalError")
        assert "a bug" not in answer.text
        assert "RuntimeError: a bug" in caplog.text

    def test_is_not_helped_by_settings_that_only_warn(self, client_of: Make, review: Make) -> None:
        lenient = {"enforcement": {"levels": {"required": "warn"}}}

        response = (
            client_of(EngineError("gone"), policy=lenient).post("/v1/admit", json=review()).get_json()["response"]
        )

        assert response["allowed"] is False

    @pytest.mark.parametrize(
        ("members", "message"),
        [
            ({"object": []}, '"object" is a list, not an object'),
            ({"oldObject": "x"}, '"oldObject" is a string, not an object'),
            ({"dryRun": "yes"}, '"dryRun" is a string, not a boolean'),
            ({"namespace": 7}, '"namespace" is a number, not a string'),
            ({"operation": "PATCH"}, '"PATCH" is no operation; there are CREATE, UPDATE, DELETE, CONNECT'),
            ({"operation": None}, "the request names no operation"),
            ({"object": None}, "there is no object, and CREATE has one"),
        ],
    )
    def test_is_made_on_a_review_that_can_not_be_read(
        self, client_of: Make, engine_that: Make, review: Make, members: dict[str, Any], message: str
    ) -> None:
        engine = engine_that(DECISION)

        answer = client_of(engine).post("/v1/admit", json=review(**members))

        response = answer.get_json()["response"]
        assert (answer.status_code, response["uid"], response["allowed"]) == (200, UID, False)
        assert response["status"]["code"] == 400
        assert message in response["status"]["message"]
        assert engine.documents == []

    @pytest.mark.parametrize(
        "content", ['{"a": 1, "a": 2}', "[" * 200 + "]" * 200, "[" * 5000 + "]" * 5000, '"\\ud800"']
    )
    def test_is_made_on_what_an_api_server_wrote_and_cannot_be_read_without_doubt(
        self, client_of: Make, content: str
    ) -> None:
        text = json.dumps(REVIEW, separators=(",", ":")).replace('"options":{', f'"extra":{content},"options":{{')
        assert text.startswith('{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":')

        answer = client_of().post("/v1/admit", data=text, content_type="application/json")

        response = answer.get_json()["response"]
        assert (answer.status_code, response["uid"], response["allowed"]) == (200, UID, False)
        assert response["status"]["code"] == 400


class TestTime:
    @pytest.mark.parametrize(
        ("query", "seconds"),
        [
            ("", 2.5),
            ("?timeout=3s", 2.5),
            ("?timeout=10s", 2.5),
            ("?timeout=2s", 1.6),
            ("?timeout=1s", 0.8),
            ("?timeout=500ms", 0.4),
            ("?timeout=1m0.5s", 2.5),
            ("?timeout=", 2.5),
            ("?timeout=soon", 2.5),
            ("?timeout=0s", 2.5),
            ("?timeout=-1s", 2.5),
            ("?timeout=1s;rm", 2.5),
        ],
    )
    def test_is_less_than_the_api_server_waits(
        self, client_of: Make, engine_that: Make, review: Make, query: str, seconds: float
    ) -> None:
        engine = engine_that(DECISION)

        client_of(engine).post(f"/v1/admit{query}", json=review())

        [left] = engine.timeouts
        assert seconds - 0.3 < left <= seconds

    def test_is_what_the_settings_say(self, client_of: Make, engine_that: Make, review: Make) -> None:
        engine = engine_that(DECISION)

        client_of(engine, admission_deadline_s=10).post("/v1/admit?timeout=30s", json=review())

        [left] = engine.timeouts
        assert 9 < left <= 9.5

    def test_of_reading_counts(
        self, client_of: Make, engine_that: Make, review: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = engine_that(DECISION)
        read = reviews.read

        def slowly(content: object) -> reviews.Review:
            time.sleep(0.1)
            return read(content)

        monkeypatch.setattr(reviews, "read", slowly)

        response = client_of(engine).post("/v1/admit?timeout=100ms", json=review()).get_json()["response"]

        assert (response["uid"], response["allowed"], response["status"]["code"]) == (UID, False, 503)
        assert engine.documents == []

    def test_is_kept_where_the_engine_hangs(self, settings: Settings, review: Make) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with closing(OpaEngine(url=url, timeout_s=60)) as engine:
                client = create_app(settings, engine=engine).test_client()
                started = time.monotonic()

                response = client.post("/v1/admit?timeout=1s", json=review()).get_json()["response"]

                assert time.monotonic() - started < 1
        assert (response["uid"], response["allowed"]) == (UID, False)
        assert response["status"]["message"] == (
            "there was no decision within the time that the webhook has, so it is denied"
        )


class TestTheRealPolicies:
    """The verdicts are the policies' own; that they arrive, and as what, is tested here."""

    @pytest.fixture
    def ask(self, settings: Settings, review: Make) -> Make:
        def ask(policy: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
            chosen = dataclasses.replace(settings, policy=policy or {}, context={"region": "us-west-2"})
            answer = create_app(chosen).test_client().post("/v1/admit", json=review(**members))
            assert answer.status_code == 200
            response: dict[str, Any] = answer.get_json()["response"]
            assert response["uid"] == UID
            return response

        return ask

    @pytest.fixture
    def wrong(self) -> dict[str, Any]:
        job = copy.deepcopy(JOB)
        job["spec"]["outputDataConfig"]["kmsKeyID"] = "no key!"
        return job

    def test_allow_what_is_right(self, ask: Make) -> None:
        response = ask()

        assert response["allowed"] is True
        assert all(len(warning) <= 256 for warning in response["warnings"])

    def test_deny_what_is_wrong_and_name_its_field(self, ask: Make, wrong: dict[str, Any]) -> None:
        response = ask(object=wrong)

        assert response["allowed"] is False
        assert [cause["field"] for cause in response["status"]["details"]["causes"]] == [
            "spec.outputDataConfig.kmsKeyID"
        ]

    def test_only_warn_where_the_settings_say_so(self, ask: Make, wrong: dict[str, Any]) -> None:
        response = ask({"enforcement": {"levels": {"required": "warn"}}}, object=wrong)

        assert response["allowed"] is True
        assert any("no key!" in warning for warning in response["warnings"])

    @pytest.mark.parametrize("operation", ["DELETE", "CONNECT"])
    def test_do_not_judge_what_stores_nothing(self, ask: Make, wrong: dict[str, Any], operation: str) -> None:
        assert ask(operation=operation, object=None, oldObject=wrong)["allowed"] is True

    def test_let_a_wrong_object_be_deleted(self, ask: Make, wrong: dict[str, Any]) -> None:
        going = {**wrong, "metadata": {**wrong["metadata"], "deletionTimestamp": "2026-01-31T12:00:00Z"}}

        assert ask(operation="UPDATE", object=going, oldObject=wrong)["allowed"] is True
        assert (
            ask(operation="UPDATE", object={**wrong, "spec": {**wrong["spec"], "a": 1}}, oldObject=wrong)["allowed"]
            is False
        )


def test_reviews_are_answered_each_by_its_own_uid(client_of: Make, review: Make) -> None:
    app = client_of().application
    wrong: list[str] = []

    def ask(thread: int) -> None:
        client = app.test_client()
        for number in range(20):
            uid = f"{thread}-{number}"
            answer = client.post("/v1/admit", json=review(uid=uid)).get_json()
            if answer["response"]["uid"] != uid:
                wrong.append(uid)

    threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


CLIENT = create_app(Settings.load(None, {}), engine=FakeEngine(DECISION)).test_client()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


class TestNoBody:
    @given(members=st.dictionaries(st.sampled_from([*REVIEW["request"], "other"]), JSON, max_size=5))
    def test_leaves_a_review_without_its_uid(self, members: dict[str, Any]) -> None:
        request = {**REVIEW["request"], **members}

        answer = CLIENT.post("/v1/admit", json={**REVIEW, "request": request})

        if answer.status_code == 200:
            assert answer.get_json()["response"]["uid"] == request["uid"]
        else:
            assert answer.status_code == 400
            assert not (isinstance(request["uid"], str) and request["uid"])

    @given(body=st.binary(max_size=64) | JSON.map(lambda value: json.dumps(value).encode()))
    def test_makes_the_service_fail(self, body: bytes) -> None:
        assert CLIENT.post("/v1/admit", data=body, content_type="application/json").status_code == 400
