"""The description of the HTTP API, in OpenAPI 3.1, made from the schemas that everything else is held against."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from sealgate import __version__, resources
from sealgate.reading import reviews

# What the service says itself and refuses from outside.
_OWN_MEMBERS = ("settings", "now", "parsed", "context_from_caller", "question")

_LEVELS = ["required", "recommended", "option", "fact"]
_SEVERITIES = ["critical", "high", "medium", "low"]


@cache
def document() -> dict[str, Any]:
    """Return the description as a JSON object."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "sealgate",
            "version": __version__,
            "description": "Decides, before a SageMaker or Bedrock job is submitted, whether its KMS encryption is "
            "what AWS documents and what the organisation wants. A service with CAs of its clients answers 403 to "
            "whoever shows no certificate of theirs, but for health, metrics and this description.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _PATHS,
        "components": {"schemas": _schemas()},
    }


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answer(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": _json(_reference(name))}


def _errors(**descriptions: str) -> dict[str, Any]:
    return {str(HTTPStatus[name].value): _answer(text, "Error") for name, text in descriptions.items()}


_UNANSWERED = _errors(
    BAD_REQUEST="The body can't be read, or carries what only the service may say.",
    UNSUPPORTED_MEDIA_TYPE="The body is not announced as plain application/json.",
    REQUEST_ENTITY_TOO_LARGE="The body is larger than this service takes.",
    SERVICE_UNAVAILABLE="There is no answer.",
)

_ORIGINAL = {
    "name": "original",
    "in": "path",
    "required": True,
    "description": "The path of the client's request, as it was sent, slashes included. Empty where the gateway says "
    "the path in a header (gateway.original in the settings).",
    "schema": {"type": "string"},
}


def _authorize(method: str) -> dict[str, Any]:
    return {
        "operationId": f"authorize_{method}",
        "summary": "Whether a client's request to an AWS API, with its headers and body, may pass.",
        "parameters": [_ORIGINAL],
        "responses": {
            "200": {"description": "It may. The header x-sealgate-rules names the rules that warn."},
            "403": {
                "description": "It may not: an error as AWS's clients read it. So is everything that can't be read "
                "without doubt, and every request on which there is no decision.",
                "content": {name: {"schema": _reference("AwsError")} for name in _AWS_JSON},
            },
        },
    }


_AWS_JSON = ("application/json", "application/x-amz-json-1.1")

_PATHS: dict[str, Any] = {
    "/v1/validate": {
        "post": {
            "operationId": "validate",
            "summary": "Decide on a request that is about to be made, or on a batch of them.",
            "requestBody": {
                "required": True,
                "content": _json({"anyOf": [_reference("Question"), _reference("Request"), _reference("Batch")]}),
            },
            "responses": {
                "200": {
                    "description": "The decision, whichever it is. For a batch, the decisions in its order.",
                    "content": _json({"anyOf": [_reference("Decision"), _reference("Decisions")]}),
                },
                **_errors(
                    BAD_REQUEST="The body can't be read, or carries what only the service may say.",
                    REQUEST_ENTITY_TOO_LARGE="The body, or the batch, is larger than this service takes.",
                    UNSUPPORTED_MEDIA_TYPE="The body is not announced as plain application/json.",
                    SERVICE_UNAVAILABLE="There is no decision, so nothing is allowed.",
                ),
            },
        }
    },
    "/v1/admit": {
        "post": {
            "operationId": "admit",
            "summary": "Answer the API server of a Kubernetes cluster: allow a review's object, or deny it.",
            "parameters": [
                {
                    "name": "timeout",
                    "in": "query",
                    "description": "How long the API server waits, such as 3s. The answer comes before.",
                    "schema": {"type": "string"},
                }
            ],
            "requestBody": {"required": True, "content": _json(_reference("Review"))},
            "responses": {
                "200": _answer(
                    "The answer, whichever it is: also that there is no decision, which denies.", "ReviewAnswer"
                ),
                **_errors(
                    BAD_REQUEST="The body is no AdmissionReview of admission.k8s.io/v1, or names no uid.",
                    REQUEST_ENTITY_TOO_LARGE="The review is larger than this service takes.",
                ),
            },
        }
    },
    "/v1/plan": {
        "post": {
            "operationId": "plan",
            "summary": "Decide on a Terraform plan.",
            "requestBody": {
                "description": "What `terraform show -json` prints, as it is or with Content-Encoding: gzip.",
                "required": True,
                "content": _json(_reference("QuestionTerraform_plan")),
            },
            "responses": {
                "200": _answer("The decision, whichever it is.", "Decision"),
                **_errors(
                    BAD_REQUEST="The body is no plan, or can't be read.",
                    REQUEST_ENTITY_TOO_LARGE="The plan is larger than this service takes.",
                    UNSUPPORTED_MEDIA_TYPE="The body is not announced as application/json, plain or packed with gzip.",
                    SERVICE_UNAVAILABLE="There is no decision, so nothing is allowed.",
                ),
            },
        }
    },
    "/v1/explain": {
        "post": {
            "operationId": "explain",
            "summary": "Every KMS call that a job makes, and by which statement it is allowed or not.",
            "requestBody": {
                "required": True,
                "content": _json({"anyOf": [_reference("Question"), _reference("Request")]}),
            },
            "responses": {
                "200": _answer("The calls, whatever is decided on them.", "Explanation"),
                **_UNANSWERED,
            },
        }
    },
    "/v1/policy": {
        "post": {
            "operationId": "policy",
            "summary": "The smallest policies with which every KMS call of a job is allowed.",
            "requestBody": {
                "required": True,
                "content": _json({"anyOf": [_reference("PolicyQuestion"), _reference("PolicyRequest")]}),
            },
            "responses": {
                "200": _answer("The policies, and whether every call was found to be allowed with them.", "Policies"),
                **_UNANSWERED,
            },
        }
    },
    "/v1/authorize/{original}": {method: _authorize(method) for method in ("get", "post", "put", "patch", "delete")},
    "/v1/data/sealgate/gateway": {
        "post": {
            "operationId": "opa_gateway",
            "summary": "The same, in the shape of OPA's data API, for the OPA plugins of Kong and APISIX.",
            "requestBody": {"required": True, "content": _json(_reference("OpaInput"))},
            "responses": {"200": _answer("Whether it may pass, also where the input can't be read.", "OpaAnswer")},
        }
    },
    "/v1/rules": {
        "get": {
            "operationId": "rules",
            "summary": "Every rule, as the catalogue describes it.",
            "responses": {"200": _answer("The rules.", "Rules")},
        }
    },
    "/v1/rules/{rule_id}": {
        "get": {
            "operationId": "rule",
            "summary": "One rule.",
            "parameters": [
                {
                    "name": "rule_id",
                    "in": "path",
                    "required": True,
                    "description": "Its id, such as SG-MTRL-002.",
                    "schema": {"type": "string"},
                }
            ],
            "responses": {"200": _answer("The rule.", "Rule"), **_errors(NOT_FOUND="No rule has this id.")},
        }
    },
    "/healthz": {
        "get": {
            "operationId": "healthz",
            "summary": "Whether the process answers. It never asks the engine.",
            "responses": {"200": _answer("It does.", "Health")},
        }
    },
    "/readyz": {
        "get": {
            "operationId": "readyz",
            "summary": "Whether a decision could be had now.",
            "responses": {"200": _answer("It could.", "Readiness"), "503": _answer("It could not.", "Readiness")},
        }
    },
    "/metrics": {
        "get": {
            "operationId": "metrics",
            "summary": "Counters in Prometheus' text format.",
            "responses": {
                "200": {"description": "The counters.", "content": {"text/plain": {"schema": {"type": "string"}}}}
            },
        }
    },
    "/openapi.json": {
        "get": {
            "operationId": "openapi",
            "summary": "This description.",
            "responses": {"200": {"description": "This description.", "content": _json({"type": "object"})}},
        }
    },
}


def _object(about: str, /, *, optional: tuple[str, ...] = (), **members: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": about,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in members if name not in optional],
        "properties": members,
    }


def _schemas() -> dict[str, Any]:
    text = {"type": "string"}
    question = _components("Question", _from_outside(resources.schema("input")))
    how = {"question": _reference("QuestionQuestion")}
    request: dict[str, Any] = {
        "service": {"description": "As in the AWS CLI, such as sagemaker.", "type": "string"},
        "operation": {"description": "As the API names it, such as CreateJob.", "type": "string"},
        "parameters": {"description": "With the member names of the API.", "type": "object"},
    }
    return {
        **question,
        **_components("Decision", resources.schema("decision")),
        **_components("Explanation", resources.schema("explanation")),
        **_components("Policies", resources.schema("generated_policy")),
        "PolicyQuestion": {
            **question["Question"],
            "properties": {**question["Question"]["properties"], **how},
        },
        "PolicyRequest": _object(
            "A request of the AWS API, and how its policies are to be written.",
            optional=("question",),
            **request,
            **how,
        ),
        "Request": _object("A request of the AWS API, without what is known beside it.", **request),
        "Batch": _object(
            "Questions that are answered together, or not at all.",
            batch={
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [_reference("Question"), _reference("Request")]},
            },
        ),
        "Review": {
            **_object(
                "An API server's AdmissionReview.",
                apiVersion={"const": reviews.API_VERSION},
                kind={"const": reviews.KIND},
                request={
                    **_object(
                        "What is asked. Members that are not named here are not looked at.",
                        optional=("object", "oldObject", "namespace", "name", "dryRun", "kind", "userInfo"),
                        uid={"description": "By what the answer is known.", "type": "string", "minLength": 1},
                        operation={"enum": ["CREATE", "UPDATE", "DELETE", "CONNECT"]},
                        object={"description": "The object; null on DELETE.", "type": ["object", "null"]},
                        oldObject={"description": "What it was; null on CREATE.", "type": ["object", "null"]},
                        namespace={"type": ["string", "null"]},
                        name={"type": ["string", "null"]},
                        dryRun={"type": ["boolean", "null"]},
                        kind={"description": "The group, version and kind of the object.", "type": "object"},
                        userInfo={"description": "Who asks the API server.", "type": "object"},
                    ),
                    "additionalProperties": True,
                },
            ),
            "additionalProperties": True,
        },
        "ReviewAnswer": _object(
            "The AdmissionReview that answers one. It never changes the object.",
            apiVersion={"const": reviews.API_VERSION},
            kind={"const": reviews.KIND},
            response=_object(
                "The answer.",
                optional=("status", "warnings", "auditAnnotations"),
                uid={"description": "That of the request.", "type": "string"},
                allowed={"type": "boolean"},
                status=_object(
                    "Why it is denied: 403 by a decision, 400 what can't be read, 500 and 503 without a decision.",
                    optional=("details",),
                    status={"const": "Failure"},
                    code={"enum": [400, 403, 500, 503]},
                    reason=text,
                    message={"description": "A line a finding, with what to do.", "type": "string"},
                    details=_object(
                        "Which object it is, and each finding with its field.",
                        optional=("name", "group", "kind", "causes"),
                        name=text,
                        group=text,
                        kind=text,
                        causes={
                            "type": "array",
                            "items": _object("A finding.", optional=("field",), reason=text, message=text, field=text),
                        },
                    ),
                ),
                warnings={"type": "array", "items": {"type": "string", "maxLength": 256}},
                auditAnnotations={"type": "object", "additionalProperties": text},
            ),
        ),
        "Decisions": _object(
            "The decisions on a batch, in its order.", decisions={"type": "array", "items": _reference("Decision")}
        ),
        "Rule": _object(
            "A rule, as its annotations describe it.",
            id=text,
            title=text,
            description=text,
            level={"enum": _LEVELS},
            severity={"enum": _SEVERITIES},
            requirements={"type": "array", "items": text},
            remediation=text,
            reference=text,
            always={"description": "Whether the settings can't turn it off.", "type": "boolean"},
        ),
        "Rules": _object("The rules.", rules={"type": "array", "items": _reference("Rule")}),
        "AwsError": _object(
            "An error in the form of the AWS API.",
            __type={"const": "AccessDeniedException"},
            message={"description": "What is wrong and what to do, a line for each finding.", "type": "string"},
        ),
        "OpaInput": {
            "description": "What the OPA plugin of Kong sends (request.http) or that of APISIX (request).",
            "type": "object",
            "required": ["input"],
            "properties": {
                "input": {
                    "type": "object",
                    "required": ["request"],
                    "properties": {"request": {"type": "object"}},
                }
            },
        },
        "OpaAnswer": _object(
            "An answer as OPA gives it.",
            result=_object(
                "Whether the request may pass; where it may not, with what the client is answered.",
                optional=("status", "status_code", "message", "reason", "headers"),
                allow={"type": "boolean"},
                status={"description": "For Kong.", "const": 403},
                status_code={"description": "For APISIX.", "const": 403},
                message={"description": "For Kong.", "type": "string"},
                reason={"description": "For APISIX.", "$ref": "#/components/schemas/AwsError"},
                headers={"type": "object", "additionalProperties": text},
            ),
        ),
        "Health": _object("A sign of life.", status={"const": "ok"}),
        "Readiness": _object(
            "Whether a decision could be had, and what stands in the way.",
            ready={"type": "boolean"},
            failing={"type": "object", "additionalProperties": text},
        ),
        "Error": _object(
            "Why there is no other answer.",
            error=_object(
                "What is wrong, and where in the body, as far as it has a place.",
                optional=("source", "line", "column"),
                type={"description": "A word for programs, such as unreadable_input or no_decision.", "type": "string"},
                message={"description": "A sentence for people.", "type": "string"},
                source={"description": "The part of the body, such as /batch/2.", "type": "string"},
                line={"type": "integer", "minimum": 1},
                column={"type": "integer", "minimum": 1},
            ),
        ),
    }


def _from_outside(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of input documents without what a caller may not say."""
    members = {name: member for name, member in schema["properties"].items() if name not in _OWN_MEMBERS}
    return {**schema, "properties": members}


def _components(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema file as components: itself as `name`, each of its $defs as `name` and the definition's own."""
    parts = {part: f"{name}{part[0].upper()}{part[1:]}" for part in schema.get("$defs", {})}

    def moved(value: Any) -> Any:  # noqa: ANN401 any JSON value
        if isinstance(value, list):
            return [moved(element) for element in value]
        if not isinstance(value, dict):
            return value
        return {
            key: _reference(parts[member.rpartition("/")[2]])["$ref"] if key == "$ref" else moved(member)
            for key, member in value.items()
            if key not in {"$schema", "$id", "$defs"}
        }

    return {name: moved(schema), **{parts[part]: moved(content) for part, content in schema.get("$defs", {}).items()}}
