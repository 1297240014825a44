"""Each example of charts/sealgate/examples/gateways is held against what its product documents.

The products are not run. What each of them sends, and what it makes of the answer, is written down here from its
sources, and driven by the example's own configuration: an example that lacks a header or a limit fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pytest
import yaml
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from tests.chart.conftest import CHART, RELEASE

from sealgate.errors import EngineError
from sealgate.reading import wire
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flask.testing import FlaskClient

Make: TypeAlias = "Callable[..., Any]"

EXAMPLES = CHART / "examples/gateways"
HOST = "jobs.example.internal"
NO_SHAPE: Any = None


@dataclass(frozen=True)
class Asked:
    """A request of a client."""

    method: str = "POST"
    target: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answered:
    """What the client gets: a status, headers and a body; status 200 is what was forwarded."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


FORWARDED = Answered(200)


class Gateway(Protocol):
    """A product, as its example configures it."""

    def __init__(self, documents: list[dict[str, Any]]) -> None: ...

    def answers(self, service: FlaskClient, asked: Asked) -> Answered:
        """Return what the client gets that asks for this."""


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Envoy:
    """The HTTP service of Envoy's ext_authz.

    envoy api/envoy/extensions/filters/http/ext_authz/v3/ext_authz.proto: the original method, Host, Path and
    Content-Length are sent, and what allowed_headers match; the path is prefixed; beyond max_request_bytes the
    client gets 413 and nobody is asked, unless allow_partial_message is set; `x-envoy-auth-partial-body` says
    whether the body is cut. 200 allows; 5xx is an error, which failure_mode_allow decides on, else 403; any other
    answer is the client's, with all of its headers.
    """

    prefix: str
    sent: set[str]
    most: int
    partial: bool
    fail_open: bool

    def answers(self, service: FlaskClient, asked: Asked) -> Answered:
        if len(asked.body) > self.most and not self.partial:
            return Answered(413)
        given = lower(asked.headers)
        headers = {name: value for name, value in given.items() if name in self.sent | {"host"}}
        headers["x-envoy-auth-partial-body"] = str(len(asked.body) > self.most).lower()
        answer = service.open(
            self.prefix + asked.target, method=asked.method, headers=headers, data=asked.body[: self.most]
        )
        if answer.status_code >= 500:
            return FORWARDED if self.fail_open else Answered(403)
        return Answered(answer.status_code, dict(answer.headers), answer.data)


class EnvoyGateway(Envoy):
    """github.com/envoyproxy/gateway v1.5.0: api/v1alpha1/ext_auth_types.go, internal/xds/translator/extauth.go.

    Host, Method, Path, Content-Length and Authorization are always sent; a body may not be partial.
    """

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        authorization = one(documents, "SecurityPolicy")["spec"]["extAuth"]
        self.prefix = authorization["http"]["path"]
        self.sent = {"authorization", *(name.lower() for name in authorization["headersToExtAuth"])}
        self.most = authorization["bodyToExtAuth"]["maxRequestBytes"]
        self.partial = False
        self.fail_open = authorization["failOpen"]


class Istio(Envoy):
    """istio.io/api v1.27.0 mesh/v1alpha1/config.proto, EnvoyExternalAuthorizationHttpProvider.

    Host, Method, Path and Content-Length are always sent, Authorization is not.
    """

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        (provider,) = documents[0]["extensionProviders"]
        service = provider["envoyExtAuthzHttp"]
        self.prefix = service["pathPrefix"]
        self.sent = set(service["includeRequestHeadersInCheck"])
        self.most = service["includeRequestBodyInCheck"]["maxRequestBytes"]
        self.partial = service["includeRequestBodyInCheck"]["allowPartialMessage"]
        self.fail_open = service["failOpen"]
        policy = one(documents, "AuthorizationPolicy")["spec"]
        assert (policy["action"], policy["provider"]["name"]) == ("CUSTOM", provider["name"])


class Traefik:
    """github.com/traefik/traefik v3.5.0 pkg/middlewares/auth/forward.go.

    A GET (preserveRequestMethod is false) to the address with the client's headers, X-Forwarded-* set over what the
    client said unless trustForwardHeader; the body with forwardBody, and 401 beyond maxBodySize. 2xx allows;
    anything else is the client's answer; a call that fails is 500.
    """

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self._options = one(documents, "Middleware")["spec"]["forwardAuth"]

    def answers(self, service: FlaskClient, asked: Asked) -> Answered:
        body = asked.body if self._options["forwardBody"] else b""
        if len(body) > self._options["maxBodySize"]:
            return Answered(401)
        headers = lower(asked.headers)
        own = {"x-forwarded-method": asked.method, "x-forwarded-uri": asked.target, "x-forwarded-host": headers["host"]}
        for name, value in own.items():
            if not (self._options["trustForwardHeader"] and name in headers):
                headers[name] = value
        answer = service.get(path_of(self._options["address"]), headers=headers, data=body)
        if 200 <= answer.status_code < 300:
            return FORWARDED
        return Answered(answer.status_code, dict(answer.headers), answer.data)


class Apisix:
    """github.com/apache/apisix apisix/plugins/forward-auth.lua.

    With request_method POST the body, Content-Length and Content-Encoding are sent; X-Forwarded-* are the plugin's
    own, and of the client's headers come those of request_headers. Below 300 allows; anything else is the client's
    answer, with the headers that client_headers names; a call that fails is status_on_error, unless
    allow_degradation.
    """

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        (plugin,) = one(documents, "ApisixPluginConfig")["spec"]["plugins"]
        assert (plugin["name"], plugin["enable"]) == ("forward-auth", True)
        self._config = plugin["config"]
        assert self._config["allow_degradation"] is False

    def answers(self, service: FlaskClient, asked: Asked) -> Answered:
        given = lower(asked.headers)
        headers = {
            "x-forwarded-method": asked.method,
            "x-forwarded-uri": asked.target,
            "x-forwarded-host": given["host"],
        }
        for name in self._config["request_headers"]:
            if name.lower() in given:
                headers.setdefault(name.lower(), given[name.lower()])
        data = asked.body if self._config["request_method"] == "POST" else b""
        method = self._config["request_method"]
        answer = service.open(path_of(self._config["uri"]), method=method, headers=headers, data=data)
        if answer.status_code < 300:
            return FORWARDED
        passed = {name: answer.headers[name] for name in self._config["client_headers"] if name in answer.headers}
        return Answered(answer.status_code, passed, answer.data)


class Kong:
    """github.com/Kong/kong plugins-ee/opa/kong/plugins/opa/handler.lua and decision.lua.

    POST opa_path with {"input": {"request": {"http": {...}}}}; the body as a string with include_body_in_opa_input.
    Any status but 200, or no boolean `allow`, is a 500. A denial is `status` (403) with {"message": `message`} and
    `headers`; what is allowed gets `headers` as its own.
    """

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        plugin = one(documents, "KongPlugin")
        assert plugin["plugin"] == "opa"
        self._config = plugin["config"]

    def answers(self, service: FlaskClient, asked: Asked) -> Answered:
        path, _, query = asked.target.partition("?")
        http: dict[str, Any] = {
            "method": asked.method,
            "scheme": "http",
            "host": HOST,
            "port": "8000",
            "path": path,
            "headers": lower(asked.headers),
            "querystring": dict(pair.split("=", 1) for pair in query.split("&") if pair),
            "tls": {},
        }
        if self._config["include_body_in_opa_input"]:
            http |= {"body": asked.body.decode("latin-1"), "body_size": len(asked.body)}
        if self._config["include_parsed_json_body_in_opa_input"]:
            http["parsed_body"] = json.loads(asked.body or b"{}")
        answer = service.post(self._config["opa_path"], json={"input": {"request": {"http": http}}})
        result = (answer.get_json(silent=True) or {}).get("result")
        if answer.status_code != 200 or not isinstance(result, dict) or not isinstance(result.get("allow"), bool):
            return Answered(500)
        if result["allow"]:
            assert not result.get("headers")
            return FORWARDED
        body = json.dumps({"message": result.get("message", "unauthorized")}).encode()
        return Answered(result.get("status", 403), result.get("headers", {}), body)


PRODUCTS: dict[str, type[Gateway]] = {
    "envoy-gateway": EnvoyGateway,
    "istio": Istio,
    "traefik": Traefik,
    "kong": Kong,
    "apisix": Apisix,
}


def one(documents: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [document for document in documents if document.get("kind") == kind]
    return found


def path_of(address: str) -> str:
    host = f"https://{RELEASE}.sealgate-system.svc"
    assert address.startswith(f"{host}/")
    return address.removeprefix(host)


def read(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]


@pytest.fixture(params=PRODUCTS)
def product(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def gateway(product: str) -> Gateway:
    return PRODUCTS[product](read(EXAMPLES / f"{product}.yaml"))


@pytest.fixture
def service_with(product: str, tmp_path: Path, client_of: Make) -> Make:
    """Return a maker of services with the settings of the example's values."""
    (values,) = read(EXAMPLES / f"{product}-values.yaml")
    assert values.keys() == {"settings"}
    path = tmp_path / "sealgate.yaml"
    path.write_text(yaml.safe_dump(values["settings"]), encoding="utf-8")
    settings = Settings.load(path, {})
    chosen = {
        name: getattr(settings, name) for name in ("gateway_original", "max_body_bytes", "gateway_other_services")
    }
    return lambda answer: client_of(answer, **chosen)


def signed(service: str, **others: str) -> dict[str, str]:
    credential = f"AKIDEXAMPLE/20260630/us-west-2/{service}/aws4_request"
    return {
        "Host": HOST,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=abc",
        "Content-Type": "application/x-amz-json-1.1" if service == "sagemaker" else "application/json",
        **{name.replace("_", "-"): value for name, value in others.items()},
    }


def create_job(request: dict[str, Any]) -> Asked:
    body = json.dumps(request["parameters"]).encode()
    return Asked(headers=signed("sagemaker", X_Amz_Target="SageMaker.CreateJob"), body=body)


def update_guardrail() -> Asked:
    return Asked("PUT", "/guardrails/a%2Fb", signed("bedrock"), b'{"name": "g"}')


def test_every_example_is_tried_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {
        name for product in PRODUCTS for name in (product, f"{product}-values")
    }


def test_a_good_job_is_forwarded(
    gateway: Gateway, service_with: Make, engine_that: Make, decision: Make, request_document: dict[str, Any]
) -> None:
    engine = engine_that(decision())
    service = service_with(engine)

    assert gateway.answers(service, create_job(request_document)).status == 200
    assert gateway.answers(service, update_guardrail()).status == 200

    subjects = [document["subject"]["aws_request"] for document in engine.documents]
    assert subjects[0] == request_document
    assert subjects[-1]["parameters"] == {"guardrailIdentifier": "a/b", "name": "g"}
    assert engine.documents[0]["context"] == {"region": "us-west-2"}


@pytest.mark.parametrize("protocol", ["json", "rest-json"])
def test_a_wrong_job_is_an_error_that_boto3_reads(  # noqa: PLR0913, PLR0917 fixtures and cases
    gateway: Gateway,
    service_with: Make,
    decision: Make,
    finding: Make,
    request_document: dict[str, Any],
    protocol: str,
) -> None:
    service = service_with(decision(allowed=False, findings=[finding()]))

    answer = gateway.answers(service, create_job(request_document) if protocol == "json" else update_guardrail())

    parsed = create_parser(protocol).parse(
        {"status_code": answer.status, "headers": HeadersDict(answer.headers), "body": answer.body}, NO_SHAPE
    )
    assert answer.status == 403
    assert parsed["Error"]["Code"] == "AccessDeniedException"
    assert "SG-MTRL-002: the output key is named by an alias. Fix: " in parsed["Error"]["Message"]


def test_no_decision_is_a_refusal(gateway: Gateway, service_with: Make, request_document: dict[str, Any]) -> None:
    assert gateway.answers(service_with(EngineError("gone")), create_job(request_document)).status == 403


def test_what_carries_no_key_is_forwarded(gateway: Gateway, service_with: Make, decision: Make) -> None:
    service = service_with(decision(allowed=False))

    for asked in (
        Asked(headers=signed("sagemaker", X_Amz_Target="SageMaker.ListJobs"), body=b"{}"),
        Asked("GET", "/foundation-models?byProvider=amazon", signed("bedrock")),
        Asked("PUT", "/amzn-s3-demo-bucket/key", signed("s3"), b"content"),
    ):
        assert gateway.answers(service, asked).status == 200


def test_a_job_larger_than_the_limit_is_never_forwarded(
    gateway: Gateway, product: str, service_with: Make, decision: Make, request_document: dict[str, Any]
) -> None:
    parameters = {**request_document["parameters"], "RoleArn": "x" * 17 * 1024**2}

    answer = gateway.answers(service_with(decision()), create_job({"parameters": parameters}))

    assert answer.status == {"envoy-gateway": 413, "traefik": 401}.get(product, 403)


@pytest.mark.parametrize(
    "header",
    [
        ("Content-Encoding", "gzip"),
        ("Content-Type", "application/cbor"),
        ("Smithy-Protocol", "rpc-v2-cbor"),
        ("X-HTTP-Method", "GET"),
        ("X-HTTP-Method-Override", "GET"),
        ("X-Method-Override", "GET"),
    ],
)
def test_a_header_that_makes_another_request_of_it_is_seen(
    gateway: Gateway, service_with: Make, decision: Make, request_document: dict[str, Any], header: tuple[str, str]
) -> None:
    asked = create_job(request_document)
    tricked = Asked(headers={**asked.headers, header[0]: header[1]}, body=asked.body)

    assert gateway.answers(service_with(decision()), tricked).status == 403


@pytest.mark.parametrize("name", ["X-Forwarded-Uri", "X-Forwarded-Method", "X-Original-URI", "X-Sealgate-Caller"])
def test_a_client_can_not_name_another_request_than_its_own(
    gateway: Gateway, service_with: Make, decision: Make, name: str
) -> None:
    asked = update_guardrail()
    tricked = Asked(asked.method, asked.target, {**asked.headers, name: "/guardrails"}, asked.body)

    assert gateway.answers(service_with(decision(allowed=False)), tricked).status == 403


def test_headers_that_are_read_are_those_that_the_examples_pass_on() -> None:
    # What the products say themselves, or always send.
    of_themselves = {"host", "x-envoy-auth-partial-body"}
    read_here = set(wire.HEADERS) - of_themselves
    istio = Istio(read(EXAMPLES / "istio.yaml"))
    envoy_gateway = EnvoyGateway(read(EXAMPLES / "envoy-gateway.yaml"))
    apisix = one(read(EXAMPLES / "apisix.yaml"), "ApisixPluginConfig")["spec"]["plugins"][0]["config"]
    assert istio.sent == envoy_gateway.sent == {name.lower() for name in apisix["request_headers"]} == read_here
