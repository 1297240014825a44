from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from botocore.parsers import create_parser

from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

NO_SHAPE: Any = None
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/us-west-2/sagemaker/aws4_request, Signature=a"
JSON_1_1 = "application/x-amz-json-1.1"


def kong(request: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what Kong's plugin sends with include_body_in_opa_input."""
    body = json.dumps(request["parameters"])
    http = {
        "host": "jobs.example.internal",
        "port": "8000",
        "tls": {},
        "method": "POST",
        "scheme": "http",
        "path": "/",
        # An empty table of Lua.
        "querystring": [],
        "headers": {
            "host": "jobs.example.internal",
            "authorization": SIGNED,
            "x-amz-target": "SageMaker.CreateJob",
            "content-type": JSON_1_1,
        },
        "body": body,
        "body_size": len(body),
    }
    return {"input": {"request": {"http": {**http, **changes}}, "client_ip": "127.0.0.1"}}


def apisix(target: str) -> dict[str, Any]:
    """Return what APISIX's plugin sends, which is never the body."""
    request = {
        "scheme": "http",
        "path": "/",
        "headers": {"authorization": SIGNED, "x-amz-target": target, "content-type": JSON_1_1},
        "query": {},
        "port": 9080,
        "method": "POST",
        "host": "jobs.example.internal",
    }
    return {"input": {"type": "http", "request": request, "var": {"remote_addr": "127.0.0.1"}}}


def answer_of(client: Any, question: object) -> dict[str, Any]:
    answer = client.post("/v1/data/sealgate/gateway", json=question)
    assert answer.status_code == 200
    result: dict[str, Any] = answer.get_json()["result"]
    return result


def test_an_allowed_request_is_answered_without_headers_that_kong_would_add_to_it(
    client_of: Make, engine_that: Make, decision: Make, finding: Make, request_document: dict[str, Any]
) -> None:
    engine = engine_that(decision(findings=[finding(enforcement="warn")]))

    assert answer_of(client_of(engine), kong(request_document)) == {"allow": True}
    assert engine.documents[0]["subject"] == {"aws_request": request_document}


def test_a_denied_request_is_answered_in_the_shapes_of_both(
    client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any]
) -> None:
    denied = decision(allowed=False, findings=[finding()])

    result = answer_of(client_of(denied), kong(request_document))

    assert (result["allow"], result["status"], result["status_code"]) == (False, 403, 403)
    assert result["message"].startswith("denied by sealgate:\nSG-MTRL-002: ")
    assert result["reason"] == {"__type": "AccessDeniedException", "message": result["message"]}
    assert result["headers"]["x-sealgate-rules"] == "SG-MTRL-002=deny"


@pytest.mark.parametrize("gateway", ["kong", "apisix"])
def test_boto3_reads_what_each_of_them_makes_of_it(
    client_of: Make, decision: Make, finding: Make, request_document: dict[str, Any], gateway: str
) -> None:
    result = answer_of(client_of(decision(allowed=False, findings=[finding()])), kong(request_document))
    # Kong: kong.response.exit(status, {message = message}, headers); APISIX: status_code, and reason as JSON.
    body = {"message": result["message"]} if gateway == "kong" else result["reason"]

    parsed = create_parser("json").parse(
        {"status_code": 403, "headers": result["headers"], "body": json.dumps(body).encode()}, NO_SHAPE
    )

    assert parsed["Error"]["Code"] == "AccessDeniedException"
    assert "the output key is named by an alias" in parsed["Error"]["Message"]


def test_apisix_lets_pass_what_needs_no_body_and_nothing_else(client_of: Make) -> None:
    client = client_of()

    assert answer_of(client, apisix("SageMaker.ListJobs")) == {"allow": True}
    refused = answer_of(client, apisix("SageMaker.CreateJob"))
    assert refused["allow"] is False
    assert "came without its body" in refused["message"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": ""}, "came without its body"),
        ({"body": None}, "null as the body"),
        ({"body": {"JobName": "a"}}, "an object as the body"),
        ({"body": "", "parsed_body": {"JobName": "a"}}, "set include_body_in_opa_input"),
        ({"body": '{"a": 1, "a": 2}'}, "duplicate key"),
        ({"path": "/evaluation-jobs"}, "which is POST /"),
        ({"path": None}, "does not say the method, the path and the headers"),
        ({"method": 7}, "does not say the method, the path and the headers"),
        ({"headers": [1]}, "does not say the method, the path and the headers"),
        ({"headers": {"x-amz-target": ["SageMaker.ListJobs", "SageMaker.CreateJob"]}}, "two X-Amz-Target"),
        ({"headers": {"x-amz-target": 7}}, "a number where a value stands"),
        ({"querystring": {"Action": "CreateJob"}}, "names an operation"),
        ({"querystring": {"a": ["1", "2"]}}, "takes no query"),
        ({"querystring": {"a": True}}, "takes no query"),
        ({"querystring": 7}, "a number where names and values stand"),
        ({"querystring": "a=1"}, "takes no query"),
    ],
)
def test_what_can_not_be_read_is_refused(
    client_of: Make, request_document: dict[str, Any], changes: dict[str, Any], said: str
) -> None:
    headers = {**kong(request_document)["input"]["request"]["http"]["headers"], **(_headers(changes) or {})}
    question = kong(request_document, **changes)
    if isinstance(changes.get("headers"), dict):
        question["input"]["request"]["http"]["headers"] = headers

    result = answer_of(client_of(), question)

    assert result["allow"] is False
    assert said in result["message"]


def _headers(changes: dict[str, Any]) -> dict[str, Any] | None:
    headers = changes.get("headers")
    return headers if isinstance(headers, dict) else None


@pytest.mark.parametrize("question", [7, [], {}, {"input": 7}, {"input": {}}, {"input": {"request": []}}])
def test_a_question_of_another_shape_is_refused(client_of: Make, question: object) -> None:
    assert "no input.request" in answer_of(client_of(), question)["message"]


@pytest.mark.parametrize(
    ("data", "content_type", "said"),
    [
        (b"{", "application/json", "ends before"),
        (b"{}", "text/plain", "send JSON"),
        (b" " * 2000, "application/json", "can't be read"),
    ],
)
def test_a_question_that_is_no_json_is_refused_with_200(
    client_of: Make, data: bytes, content_type: str, said: str
) -> None:
    answer = client_of(max_body_bytes=1024).post("/v1/data/sealgate/gateway", data=data, content_type=content_type)

    assert answer.status_code == 200
    assert answer.get_json()["result"]["allow"] is False
    assert said in answer.get_json()["result"]["message"]


def test_no_decision_is_a_refusal(client_of: Make, request_document: dict[str, Any]) -> None:
    result = answer_of(client_of(EngineError("gone")), kong(request_document))

    assert result["allow"] is False
    assert "no decision" in result["message"]
