from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from sealgate.app import create_app
from sealgate.errors import EngineError
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

Make: TypeAlias = "Callable[..., Any]"

NO_SHAPE: Any = None
CALLER = "arn:aws:sts::111122223333:assumed-role/Submitter/me"


def headers(service: str = "sagemaker", **others: str) -> dict[str, str]:
    content_type = "application/x-amz-json-1.1" if service == "sagemaker" else "application/json"
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/us-west-2/{service}/aws4_request, Sig=a",
        "Content-Type": content_type,
        **{name.replace("_", "-"): value for name, value in others.items()},
    }


def create_job(client: FlaskClient, request: dict[str, Any], **others: str) -> TestResponse:
    return client.post(
        "/v1/authorize/",
        data=json.dumps(request["parameters"]),
        headers=headers(X_Amz_Target="SageMaker.CreateJob", **others),
    )


def as_boto3_reads_it(answer: TestResponse, protocol: str) -> dict[str, Any]:
    parsed: dict[str, Any] = create_parser(protocol).parse(
        {"status_code": answer.status_code, "headers": HeadersDict(answer.headers), "body": answer.data}, NO_SHAPE
    )
    return parsed


class TestAnAllowedRequest:
    def test_is_answered_with_200_and_nothing_else(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        answer = create_job(client_of(engine), request_document)

        assert (answer.status_code, answer.data) == (200, b"")
        assert "x-sealgate-rules" not in answer.headers
        assert engine.documents[0]["subject"] == {"aws_request": request_document}
        assert engine.documents[0]["context"] == {"region": "us-west-2"}
        assert engine.documents[0]["context_from_caller"] == []

    def test_tells_its_warnings_to_the_gateway(
        self, client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
    ) -> None:
        warned = decision(findings=[finding(enforcement="warn"), finding(enforcement="warn", message="again")])

        assert create_job(client_of(warned), request_document).headers["x-sealgate-rules"] == "SG-MTRL-002=warn"

    def test_is_judged_by_the_settings_of_the_service(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        create_job(client_of(engine, policy={"unverified": "deny"}), request_document)

        assert engine.documents[0]["settings"] == {"unverified": "deny"}


class TestADeniedRequest:
    @pytest.mark.parametrize(
        ("protocol", "request_headers", "path", "content_type"),
        [
            ("json", headers(X_Amz_Target="SageMaker.CreateJob"), "/", "application/x-amz-json-1.1"),
            ("rest-json", headers("bedrock"), "/evaluation-jobs", "application/json"),
        ],
    )
    def test_is_an_error_of_the_api_that_boto3_reads(  # noqa: PLR0913, PLR0917 fixtures and cases
        self,
        client_of: Make,
        decision: Make,
        finding: Make,
        protocol: str,
        request_headers: dict[str, str],
        path: str,
        content_type: str,
    ) -> None:
        denied = decision(allowed=False, findings=[finding(), finding(rule="SG-ORG-001", enforcement="warn")])

        answer = client_of(denied).post(f"/v1/authorize{path}", data=b"{}", headers=request_headers)

        assert (answer.status_code, answer.content_type) == (403, content_type)
        parsed = as_boto3_reads_it(answer, protocol)
        assert parsed["Error"] == {
            "Code": "AccessDeniedException",
            "Message": "denied by sealgate:\nSG-MTRL-002: the output key is named by an alias. "
            "Fix: Put the key's ARN there. See: https://docs.aws.amazon.com/sagemaker/",
        }
        assert parsed["ResponseMetadata"]["RequestId"] == answer.headers["X-Request-Id"]
        assert answer.headers["x-amzn-errortype"] == "AccessDeniedException"
        assert answer.headers["x-sealgate-rules"] == "SG-MTRL-002=deny, SG-ORG-001=warn"

    def test_with_many_findings_has_a_message_of_a_bearable_length(
        self, client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
    ) -> None:
        many = [finding(rule=f"SG-MTRL-{number:03}") for number in range(60)]

        answer = create_job(client_of(decision(allowed=False, findings=many)), request_document)

        assert answer.get_json(force=True)["message"].splitlines()[-1] == "and 50 more"
        assert len(answer.headers["x-sealgate-rules"].split(", ")) == 50

    def test_that_nothing_denies_by_name_is_denied_all_the_same(
        self, client_of: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        answer = create_job(client_of(decision(allowed=False)), request_document)

        assert answer.status_code == 403
        assert answer.get_json(force=True)["message"] == "denied by sealgate"

    def test_names_nothing_that_a_terminal_would_obey(
        self, client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
    ) -> None:
        denied = decision(allowed=False, findings=[finding(message="\x1b[2Jgone\nDENIED: not really")])

        message = create_job(client_of(denied), request_document).get_json(force=True)["message"]

        assert "\x1b" not in message
        assert len(message.splitlines()) == 2


class TestARequestThatCarriesNoKey:
    @pytest.mark.parametrize(
        ("method", "path", "request_headers"),
        [
            ("POST", "/", headers(X_Amz_Target="SageMaker.ListJobs")),
            ("POST", "/endpoints/e/invocations", headers("sagemaker", Content_Type="image/png")),
            ("GET", "/guardrails/arn%3Aaws%3Abedrock%3Aus-west-2%3A111122223333%3Aguardrail%2Fabc", headers("bedrock")),
            ("PUT", "/amzn-s3-demo-bucket//a//b?partNumber=1&uploadId=x", headers("s3")),
            ("PUT", "/prompts/train.jsonl", headers("s3")),
            ("OPTIONS", "/", {}),
            ("HEAD", "/amzn-s3-demo-bucket", {}),
        ],
    )
    def test_passes_and_is_not_read(
        self, client_of: Make, engine_that: Make, method: str, path: str, request_headers: dict[str, str]
    ) -> None:
        engine = engine_that(EngineError("never asked"))

        answer = client_of(engine, max_body_bytes=1024).open(
            f"/v1/authorize{path}", method=method, headers=request_headers, data=b"\xff" * 5000
        )

        assert answer.status_code == 200
        assert engine.documents == []

    @pytest.mark.parametrize(
        ("request_headers", "status"),
        [(headers("s3"), 403), ({}, 403), (headers(X_Amz_Target="SageMaker.ListJobs"), 200)],
    )
    def test_of_another_service_is_refused_where_the_settings_say_so(
        self, client_of: Make, request_headers: dict[str, str], status: int
    ) -> None:
        client = client_of(gateway_other_services="refuse")

        assert client.post("/v1/authorize/", headers=request_headers).status_code == status


class TestWhatCanNotBeDecided:
    def test_is_refused_where_the_engine_is_dead_and_its_reason_is_in_the_log(
        self, client_of: Make, request_document: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = create_job(client_of(EngineError("opa.internal:8181 timed out")), request_document)

        assert answer.status_code == 403
        assert as_boto3_reads_it(answer, "json")["Error"]["Code"] == "AccessDeniedException"
        assert b"no decision" in answer.data
        assert b"opa.internal" not in answer.data
        assert "opa.internal:8181 timed out" in caplog.text

    def test_is_refused_where_the_engine_answers_nonsense(
        self, client_of: Make, request_document: dict[str, Any]
    ) -> None:
        assert create_job(client_of({"allowed": True}), request_document).status_code == 403

    def test_is_refused_where_there_is_a_bug(
        self, client_of: Make, request_document: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = create_job(client_of(RuntimeError("a bug")), request_document)

        assert answer.status_code == 403
        assert "a bug" not in answer.text
        assert "RuntimeError: a bug" in caplog.text

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"data": b""}, "came without its body"),
            ({"data": b"{}", "X_Envoy_Auth_Partial_Body": "true"}, "only a part of the body"),
            ({"data": b"{}", "Content_Encoding": "gzip"}, "is encoded"),
            ({"data": b'{"a": 1, "a": 2}'}, "line 1, column 10"),
            ({"data": b" " * 1025}, "larger than this service reads"),
        ],
    )
    def test_is_refused_where_the_body_can_not_be_read(
        self, client_of: Make, change: dict[str, Any], said: str
    ) -> None:
        data = change.pop("data")

        answer = client_of(max_body_bytes=1024).post(
            "/v1/authorize/", data=data, headers=headers(X_Amz_Target="SageMaker.CreateJob", **change)
        )

        assert answer.status_code == 403
        message = as_boto3_reads_it(answer, "json")["Error"]["Message"]
        assert message.startswith("refused by sealgate: ")
        assert said.replace("line 1, column 10", 'duplicate key "a"') in message

    @pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT"])
    def test_is_refused_where_the_method_is_none_of_http_apis(self, client_of: Make, method: str) -> None:
        assert client_of().open("/v1/authorize/", method=method).status_code == 405


class TestTheOriginalRequest:
    @pytest.mark.parametrize(
        "path",
        [
            "//evaluation-jobs",
            "/../healthz",
            "/../../v1/authorize/",
            "/evaluation-jobs%2F",
            "/%2e%2e/healthz",
            "/evaluation-jobs//",
        ],
    )
    def test_is_read_from_the_path_as_it_was_sent(self, client_of: Make, path: str) -> None:
        answer = client_of().post(f"/v1/authorize{path}", data=b"{}", headers=headers("bedrock"))

        assert answer.status_code == 403
        assert "is no operation of" in answer.get_json(force=True)["message"]

    @pytest.mark.parametrize("name", ["X-Forwarded-Uri", "X-Original-URI"])
    def test_in_a_header_is_refused_where_the_settings_name_none(self, client_of: Make, name: str) -> None:
        client = client_of()
        request_headers = {**headers("s3"), name: "/evaluation-jobs"}

        assert client.get("/v1/authorize/", headers=request_headers).status_code == 403
        assert client.get("/v1/authorize/evaluation-jobs", headers=request_headers).status_code == 200

    @pytest.mark.parametrize(("original", "prefix"), [("x-forwarded", "X-Forwarded"), ("x-original", "X-Original")])
    def test_is_read_from_the_headers_that_the_settings_name(
        self, client_of: Make, engine_that: Make, decision: Make, original: str, prefix: str
    ) -> None:
        engine = engine_that(decision())
        client = client_of(engine, gateway_original=original)
        request_headers = {
            **headers("bedrock"),
            f"{prefix}-Method": "PUT",
            f"{prefix}-Uri": "/guardrails/abc",
            "X-Forwarded-Host": "jobs.example.internal",
        }

        answer = client.get("/v1/authorize/ignored", data=b'{"name": "g"}', headers=request_headers)

        assert answer.status_code == 200
        assert engine.documents[0]["subject"]["aws_request"] == {
            "service": "bedrock",
            "operation": "UpdateGuardrail",
            "parameters": {"guardrailIdentifier": "abc", "name": "g"},
        }

    @pytest.mark.parametrize(
        "others",
        [
            {},
            {"X-Original-Method": "POST"},
            {"X-Original-URI": "/x"},
            {"X-Original-Method": "POST, GET", "X-Original-URI": "/x"},
            {"X-Original-Method": "POST", "X-Original-URI": "https://example/x"},
            {"X-Forwarded-Method": "POST", "X-Forwarded-Uri": "/x"},
        ],
    )
    def test_is_refused_where_its_headers_do_not_tell_it(self, client_of: Make, others: dict[str, str]) -> None:
        client = client_of(gateway_original="x-original")

        assert client.post("/v1/authorize/", headers={**headers("s3"), **others}).status_code == 403

    def test_is_addressed_to_the_host_that_the_gateway_names(self, client_of: Make) -> None:
        request_headers = {
            "X-Forwarded-Method": "POST",
            "X-Forwarded-Uri": "/",
            "X-Forwarded-Host": "api.sagemaker.us-west-2.amazonaws.com",
            **headers("s3"),
        }

        answer = client_of(gateway_original="x-forwarded").post("/v1/authorize/", headers=request_headers)

        assert "addressed to a host of sagemaker" in answer.get_json(force=True)["message"]

    def test_is_refused_by_a_server_that_does_not_say_how_it_was_sent(self, client_of: Make) -> None:
        answer = client_of().get("/v1/authorize/", environ_overrides={"RAW_URI": "", "REQUEST_URI": ""})

        assert answer.status_code == 403


class TestTheCaller:
    def test_is_unknown_unless_the_settings_trust_a_header(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())

        create_job(client_of(engine), request_document, X_Sealgate_Caller=CALLER)

        assert "caller" not in engine.documents[0]["context"]

    def test_is_who_the_gateway_says(
        self, client_of: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())
        client = client_of(engine, gateway_caller_header="X-Sealgate-Caller", context={"region": "us-west-2"})

        create_job(client, request_document, X_Sealgate_Caller=CALLER)
        create_job(client, request_document)

        first, second = (document["context"] for document in engine.documents)
        assert first == {
            "region": "us-west-2",
            "account": "111122223333",
            "partition": "aws",
            "caller": {"arn": CALLER},
        }
        assert second == {"region": "us-west-2"}

    @pytest.mark.parametrize("arn", ["me", f"{CALLER},{CALLER} ", "arn:aws:s3:::bucket", "arn:aws:iam::1:role/x"])
    def test_is_named_by_an_arn(self, client_of: Make, request_document: dict[str, Any], arn: str) -> None:
        client = client_of(gateway_caller_header="X-Sealgate-Caller")

        answer = create_job(client, request_document, X_Sealgate_Caller=arn)

        assert "no ARN of a principal" in answer.get_json(force=True)["message"]

    @pytest.mark.parametrize("context", [{"region": "eu-west-1"}, {"account": "444455556666"}, {"partition": "aws-cn"}])
    def test_and_the_signature_do_not_contradict_the_settings(
        self, client_of: Make, request_document: dict[str, Any], context: dict[str, str]
    ) -> None:
        client = client_of(gateway_caller_header="X-Sealgate-Caller", context=context)

        answer = create_job(client, request_document, X_Sealgate_Caller=CALLER)

        assert answer.status_code == 403
        assert f"this service's settings say {next(iter(context.values()))}" in answer.get_json(force=True)["message"]


def test_every_request_is_logged_and_counted_with_what_became_of_it(
    client_of: Make, request_document: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = client_of()

    create_job(client, request_document)
    client.post("/v1/authorize/", headers=headers(X_Amz_Target="SageMaker.ListJobs"))
    client.put("/v1/authorize/bucket/key", headers=headers("s3"))
    client.post("/v1/authorize/", headers=headers(X_Amz_Target="SageMaker.CreateJob"))

    told = [
        (fields.get("operation"), fields["outcome"])
        for record in caplog.records
        if (fields := getattr(record, "fields", {})) and record.message == "request"
    ]
    assert told == [
        ("sagemaker:CreateJob", "allowed"),
        ("sagemaker:ListJobs", "passed"),
        (None, "passed"),
        ("sagemaker:CreateJob", "unreadable"),
    ]
    assert 'sealgate_gateway_requests_total{outcome="passed",surface="authorize"} 2.0' in client.get("/metrics").text
    assert 'sealgate_decisions_total{surface="authorize",verdict="allowed"} 1.0' in client.get("/metrics").text


def test_the_policies_decide_through_the_gateways_surface(request_document: dict[str, Any]) -> None:
    client = create_app(Settings.load(None, {})).test_client()
    parameters = request_document["parameters"]
    alias = parameters["JobConfigDocument"].replace("key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/ml")

    assert create_job(client, request_document).status_code == 200
    refused = create_job(client, {"parameters": {**parameters, "JobConfigDocument": alias}})

    assert refused.status_code == 403
    assert refused.headers["x-sealgate-rules"].startswith("SG-MTRL-002=deny")
    assert "alias" in as_boto3_reads_it(refused, "json")["Error"]["Message"]
