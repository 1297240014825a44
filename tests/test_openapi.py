"""The description of the API is held against the API's real answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from tests import question_answers
from tests.conftest import REVIEW
from tests.question_answers import EXPLANATION

from sealgate import openapi
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

Make: TypeAlias = "Callable[..., Any]"

BASE = "urn:openapi"

AUTHORIZED = ("GET", "POST", "PUT", "PATCH", "DELETE")

# What is done to the service, and what it answers: every status that the description names must stand here.
EXCHANGES = [
    ("validate", "POST", "/v1/validate", 200),
    ("validate a batch", "POST", "/v1/validate", 200),
    ("validate with a dead engine", "POST", "/v1/validate", 503),
    ("validate what is no JSON", "POST", "/v1/validate", 400),
    ("validate with settings", "POST", "/v1/validate", 400),
    ("validate too much", "POST", "/v1/validate", 413),
    ("validate plain text", "POST", "/v1/validate", 415),
    ("admit", "POST", "/v1/admit", 200),
    ("admit with a dead engine", "POST", "/v1/admit", 200),
    ("admit what is no JSON", "POST", "/v1/admit", 400),
    ("admit too much", "POST", "/v1/admit", 413),
    ("judge a plan", "POST", "/v1/plan", 200),
    ("judge a plan with a dead engine", "POST", "/v1/plan", 503),
    ("judge what is no plan", "POST", "/v1/plan", 400),
    ("judge too large a plan", "POST", "/v1/plan", 413),
    ("judge a plan as plain text", "POST", "/v1/plan", 415),
    ("explain", "POST", "/v1/explain", 200),
    ("explain with a dead engine", "POST", "/v1/explain", 503),
    ("explain what is no JSON", "POST", "/v1/explain", 400),
    ("explain too much", "POST", "/v1/explain", 413),
    ("explain plain text", "POST", "/v1/explain", 415),
    ("write policies", "POST", "/v1/policy", 200),
    ("write policies with a dead engine", "POST", "/v1/policy", 503),
    ("write policies for what is no JSON", "POST", "/v1/policy", 400),
    ("write policies for too much", "POST", "/v1/policy", 413),
    ("write policies for plain text", "POST", "/v1/policy", 415),
    *((f"authorize a {method}", method, "/v1/authorize/{original}", 200) for method in AUTHORIZED),
    *((f"refuse a {method}", method, "/v1/authorize/{original}", 403) for method in AUTHORIZED),
    ("ask as OPA is asked", "POST", "/v1/data/sealgate/gateway", 200),
    ("list rules", "GET", "/v1/rules", 200),
    ("show a rule", "GET", "/v1/rules/{rule_id}", 200),
    ("show no rule", "GET", "/v1/rules/{rule_id}", 404),
    ("live", "GET", "/healthz", 200),
    ("ready", "GET", "/readyz", 200),
    ("not ready", "GET", "/readyz", 503),
    ("count", "GET", "/metrics", 200),
    ("describe", "GET", "/openapi.json", 200),
]

POLICIES = {**question_answers.POLICIES, "notes": ["no call of this request is known that needs a permission"]}


def validator(pointer: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(BASE, DRAFT202012.create_resource(openapi.document()))
    return Draft202012Validator({"$ref": f"{BASE}#{pointer}"}, registry=registry)


def pointer_to(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def exchange(name: str, client_of: Make, decision: Make, finding: Make, request: dict[str, Any]) -> Any:
    denied = decision(
        allowed=False,
        findings=[finding(), finding(outcome="unverified", missing={"part": "x", "rules": ["SG-MTRL-002"]})],
    )
    answers = {"explain": EXPLANATION, "write policies": POLICIES}
    is_dead = name == "not ready" or "dead" in name
    client: FlaskClient = client_of(
        EngineError("gone") if is_dead else answers.get(name, denied),
        **({"max_body_bytes": 100} if name.startswith(("explain too", "write policies for too")) else {}),
        **({"max_review_bytes": 100} if name.startswith("admit too") else {}),
        **({"max_plan_bytes": 100} if name == "judge too large a plan" else {}),
    )
    post = {
        "validate": {"json": {"subject": {"aws_request": request}, "context": {"region": "us-west-2"}}},
        "validate a batch": {"json": {"batch": [request, {"subject": {"aws_request": request}}]}},
        "validate with a dead engine": {"json": request},
        "validate what is no JSON": {"data": b'{"a": tru}', "content_type": "application/json"},
        "validate with settings": {"json": {"subject": {"aws_request": request}, "settings": {}}},
        "validate too much": {"json": {"batch": [request] * 1001}},
        "validate plain text": {"data": "{}", "content_type": "text/plain"},
        "admit": {"json": REVIEW},
        "admit with a dead engine": {"json": REVIEW},
        "admit what is no JSON": {"data": b'{"a": tru}', "content_type": "application/json"},
        "admit too much": {"json": REVIEW},
        "judge a plan": {"json": {"format_version": "1.2", "resource_changes": []}},
        "judge a plan with a dead engine": {"json": {"resource_changes": []}},
        "judge what is no plan": {"json": request},
        "judge too large a plan": {"json": {"resource_changes": [{"type": "x"}] * 100}},
        "judge a plan as plain text": {"data": "{}", "content_type": "text/plain"},
        "explain": {"json": request},
        "explain with a dead engine": {"json": request},
        "explain what is no JSON": {"data": b'{"a": tru}', "content_type": "application/json"},
        "explain too much": {"json": request},
        "explain plain text": {"data": "{}", "content_type": "text/plain"},
        "write policies": {"json": {**request, "question": {"for_any_job": True}}},
        "write policies with a dead engine": {"json": request},
        "write policies for what is no JSON": {"data": b'{"a": tru}', "content_type": "application/json"},
        "write policies for too much": {"json": request},
        "write policies for plain text": {"data": "{}", "content_type": "text/plain"},
    }
    if name.startswith(("authorize", "refuse")):
        signed = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/us-west-2/sagemaker/aws4_request"
        headers = {"Authorization": signed} if name.startswith("refuse") else {}
        return client.open("/v1/authorize/my-bucket", method=name.rpartition(" ")[2], headers=headers)
    if name.startswith("ask"):
        return client.post("/v1/data/sealgate/gateway", json={"input": {"request": {}}})
    get = {
        "list rules": "/v1/rules",
        "show a rule": "/v1/rules/SG-MTRL-002",
        "show no rule": "/v1/rules/none",
        "live": "/healthz",
        "ready": "/readyz",
        "not ready": "/readyz",
        "count": "/metrics",
        "describe": "/openapi.json",
    }
    paths = {name: path for name, _, path, _ in EXCHANGES}
    return client.post(paths[name], **post[name]) if name in post else client.get(get[name])  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "method", "path", "status"), EXCHANGES, ids=[row[0] for row in EXCHANGES])
def test_a_real_answer_is_the_one_described(  # noqa: PLR0913, PLR0917 fixtures and cases
    name: str,
    method: str,
    path: str,
    status: int,
    client_of: Make,
    decision: Make,
    finding: Make,
    request_document: dict[str, Any],
) -> None:
    answer = exchange(name, client_of, decision, finding, request_document)

    assert answer.status_code == status
    described = openapi.document()["paths"][path][method.lower()]["responses"][str(status)]
    if "content" not in described:
        assert answer.data == b""
        return
    steps = ("paths", path, method.lower(), "responses", str(status), "content", answer.mimetype, "schema")
    validator(pointer_to(*steps)).validate(answer.get_json(silent=True) or answer.text)


def test_every_status_of_the_description_is_shown() -> None:
    described = {
        (method.upper(), path, int(status))
        for path, item in openapi.document()["paths"].items()
        for method, operation in item.items()
        for status in operation["responses"]
    }

    assert described == {(method, path, status) for _, method, path, status in EXCHANGES}


def test_every_route_of_the_service_is_described(client_of: Make) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in client_of().application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert routes == {(method, path) for _, method, path, _ in EXCHANGES}


def test_a_body_that_the_description_accepts_is_accepted(client_of: Make, request_document: dict[str, Any]) -> None:
    body = validator(
        pointer_to("paths", "/v1/validate", "post", "requestBody", "content", "application/json", "schema")
    )
    document = {"subject": {"aws_request": request_document}}

    for accepted in (
        document,
        {**document, "context": {"region": "us-west-2"}},
        {"batch": [document]},
        request_document,
    ):
        assert body.is_valid(accepted)
        assert client_of().post("/v1/validate", json=accepted).status_code == 200
    refusals: list[object] = [
        {**document, "settings": {}},
        {**document, "now": "x"},
        {"batch": []},
        request_document["parameters"],
        {},
        7,
    ]
    for refused in refusals:
        assert not body.is_valid(refused)
        assert client_of().post("/v1/validate", json=refused).status_code == 400


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document()

    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert isinstance(place, dict)


def test_every_schema_is_one() -> None:
    for schema in openapi.document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_description_is_json() -> None:
    assert json.loads(json.dumps(openapi.document())) == openapi.document()


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)
