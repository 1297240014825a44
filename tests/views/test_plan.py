from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {},
    "resource_changes": [{"type": "null_resource"}],
    "configuration": {"root_module": {}},
}
CUT = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "resource_changes": [],
    "configuration": {"root_module": {}},
}


def post(client: Any, data: bytes, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/plan", data=data, content_type="application/json", headers=sent)


class TestAPlan:
    def test_is_answered_with_its_decision(self, client_of: Make, decision: Make) -> None:
        answer = post(client_of(), json.dumps(PLAN).encode())

        assert (answer.status_code, answer.json) == (200, decision())

    def test_is_denied_with_status_200(self, client_of: Make, decision: Make, finding: Make) -> None:
        denied = decision(allowed=False, findings=[finding()])

        answer = post(client_of(denied), json.dumps(PLAN).encode())

        assert (answer.status_code, answer.json) == (200, denied)

    def test_is_judged_cut_by_the_settings_of_the_service_at_the_time_of_the_request(
        self, client_of: Make, engine_that: Make, decision: Make
    ) -> None:
        engine = engine_that(decision())

        post(
            client_of(engine, policy={"unverified": "deny"}, context={"region": "us-west-2"}), json.dumps(PLAN).encode()
        )

        (document,) = engine.documents
        assert document["subject"] == {"terraform_plan": CUT}
        assert document["settings"] == {"unverified": "deny"}
        assert document["context"] == {"region": "us-west-2"}
        assert document["context_from_caller"] == []
        assert document["now"].endswith("Z")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("packed", [False, True])
    def test_is_read_packed_and_as_powershell_writes_it(
        self, client_of: Make, engine_that: Make, decision: Make, encoding: str, *, packed: bool
    ) -> None:
        engine = engine_that(decision())
        data = json.dumps(PLAN).encode(encoding)

        answer = (
            post(client_of(engine), gzip.compress(data), Content_Encoding="gzip")
            if packed
            else post(client_of(engine), data)
        )

        assert answer.status_code == 200
        assert engine.documents[0]["subject"] == {"terraform_plan": CUT}

    def test_is_counted_and_logged(self, client_of: Make, caplog: pytest.LogCaptureFixture) -> None:
        client = client_of()

        with caplog.at_level("INFO"):
            post(client, json.dumps(PLAN).encode())

        assert 'sealgate_decisions_total{surface="plan",verdict="allowed"} 1.0' in client.get("/metrics").text
        (line,) = [record for record in caplog.records if record.message == "request"]
        assert line.fields["allowed"] == 1  # type: ignore[attr-defined] # what the formatter shows

    def test_without_a_decision_is_answered_503(self, client_of: Make) -> None:
        answer = post(client_of(EngineError("too slow")), json.dumps(PLAN).encode())

        assert answer.status_code == 503
        assert answer.json["error"]["type"] == "no_decision"


class TestABody:
    def test_larger_than_a_request_may_be_is_read(self, client_of: Make) -> None:
        data = json.dumps(PLAN).ljust(5000).encode()

        assert post(client_of(max_body_bytes=1024, max_plan_bytes=5000), data).status_code == 200

    @pytest.mark.parametrize("packed", [False, True])
    def test_that_is_too_large_is_refused(self, client_of: Make, *, packed: bool) -> None:
        data = json.dumps(PLAN).ljust(5001).encode()
        client = client_of(max_plan_bytes=5000)

        answer = post(client, gzip.compress(data), Content_Encoding="gzip") if packed else post(client, data)

        assert answer.status_code == 413
        assert answer.json["error"]["type"] == "request_entity_too_large"
        assert not packed or answer.json["error"]["message"] == "it is larger than 5,000 bytes"

    def test_that_unfolds_without_end_is_refused(self, client_of: Make) -> None:
        bomb = gzip.compress(bytes(64 * 1024**2))

        assert post(client_of(max_plan_bytes=1024**2), bomb, Content_Encoding="gzip").status_code == 413

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"", "this is no Terraform plan"),
            (b"{}", "this is no Terraform plan"),
            (b'{"service": "sagemaker", "operation": "CreateJob", "parameters": {}}', "this is no Terraform plan"),
            (b'{"version": 4, "terraform_version": "1.9.0", "serial": 1}', "this is a Terraform state file, and no"),
            (b'{"resource_changes": null}', "/resource_changes is null, not a list"),
            (b"\x1f\x8b\x08\x00", "its gzip data ends too early"),
            (b"\xff\xfe{", "the byte 0x7b is no UTF-16"),
            (b'{"format_version": "2.0", "resource_changes": []}', '/format_version is "2.0": this release'),
        ],
    )
    def test_that_is_no_plan_is_refused_with_the_reason(self, client_of: Make, body: bytes, message: str) -> None:
        answer = post(client_of(), body)

        assert answer.status_code == 400
        assert answer.json["error"]["type"] == "unreadable_input"
        assert answer.json["error"]["message"].startswith(message)

    def test_that_is_wrong_has_its_place_named(self, client_of: Make) -> None:
        answer = post(client_of(), b'{"resource_changes": [],\n "errored": 1}')

        assert answer.json["error"]["line"] == 2
        assert answer.json["error"]["column"] == 13

    @pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
    def test_packed_in_another_way_is_refused(self, client_of: Make, encoding: str) -> None:
        answer = post(client_of(), json.dumps(PLAN).encode(), Content_Encoding=encoding)

        assert answer.status_code == 415
        assert "gzip" in answer.json["error"]["message"]

    def test_that_is_not_announced_as_json_is_refused(self, client_of: Make) -> None:
        assert client_of().post("/v1/plan", data=json.dumps(PLAN), content_type="text/plain").status_code == 415
