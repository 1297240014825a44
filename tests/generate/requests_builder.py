"""Requests of every operation in the catalogue, built from botocore's models; its own validation accepts them."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from sealgate.generate.operations import service_model

JOB_DOCUMENT = {
    "AgentConfig": {
        "BedrockAgentCoreConfig": {
            "AgentRuntimeArn": "arn:aws:bedrock-agentcore:us-west-2:111122223333:runtime/example-aBcDeFgHiJ",
            "Qualifier": "DEFAULT",
        }
    },
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://amzn-s3-demo-source-bucket/prompts/"}
            },
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-destination-bucket/output/"},
}

# Strings whose value matters to a reader; the first that a member's pattern accepts is taken.
SAMPLES = (
    "example",
    "1.0.0",
    "111122223333",
    "s3://amzn-s3-demo-bucket/folder",
    "arn:aws:iam::111122223333:role/service-role/ExampleRole",
    "arn:aws:bedrock:us-west-2:111122223333:custom-model/amazon.titan-text-express-v1:0:8k/abcdefghijkl",
    "amazon.titan-text-express-v1",
    "ABCDEFGHIJ",
)
INSTANCE_TYPES = ("ml.m5.xlarge", "ml.m5.large", "ml.c5.xlarge", "ml.t3.medium")


def minimal_request(operation: str) -> dict[str, Any]:
    """Return the parameters of an operation ("sagemaker:CreateTrainingJob") with its required members and no others."""
    request: dict[str, Any] = _value(_request_shape(operation))
    if "JobConfigDocument" in request:
        request["JobConfigDocument"] = json.dumps(JOB_DOCUMENT)
    return request


def with_key(operation: str, request: dict[str, Any], path: list[str], value: str) -> dict[str, Any]:
    """Return the request with `value` at a path of the catalogue.

    What the path needs on its way is added with its required members: a list or map without elements gets one; of
    several elements each gets the value; JSON inside a string is rewritten.
    """
    changed: dict[str, Any] = _put(_request_shape(operation), request, path, value)
    return changed


def _request_shape(operation: str) -> StructureShape:
    service, _, name = operation.partition(":")
    shape = service_model(service).operation_model(name).input_shape
    assert shape is not None
    return shape


def _value(shape: Shape, name: str = "") -> Any:
    match shape:
        case StructureShape():
            wanted = list(shape.members)[:1] if shape.is_tagged_union else shape.required_members
            return {member: _value(shape.members[member], member) for member in wanted}
        case ListShape():
            return [_value(shape.member, name) for _ in range(shape.metadata.get("min", 0))]
        case MapShape():
            return {f"key{number}": _value(shape.value) for number in range(shape.metadata.get("min", 0))}
        case StringShape():
            return _string(shape, name)
    return {
        "boolean": False,
        "timestamp": "2026-01-01T00:00:00Z",
        "blob": "example",
    }.get(shape.type_name, max(1, shape.metadata.get("min", 1)))


def _string(shape: StringShape, name: str) -> str:
    if shape.enum:
        return next((value for value in INSTANCE_TYPES if value in shape.enum), shape.enum[0])
    pattern = shape.metadata.get("pattern", "")
    samples = (INSTANCE_TYPES if name.lower() == "instancetype" else ()) + SAMPLES
    fitting = (sample for sample in samples if _fits(pattern, sample))
    return next(fitting, "example").ljust(shape.metadata.get("min", 0), "x")


def _fits(pattern: str, sample: str) -> bool:
    try:
        return not pattern or re.fullmatch(pattern, sample) is not None
    except re.error:
        return False  # some patterns are Java's, and botocore checks none


def _put(shape: Shape | None, current: Any, path: list[str], value: str) -> Any:
    if not path:
        return value
    if isinstance(current, str):
        return json.dumps(_put(None, json.loads(current), path, value))
    part, rest = path[0], path[1:]
    if isinstance(shape, MapShape):
        return {key: _put(shape.value, inner, rest, value) for key, inner in (current or {"key": None}).items()}
    if part == "*":
        element = shape.member if isinstance(shape, ListShape) else None
        return [_put(element, inner, rest, value) for inner in current or [element and _value(element)]]
    member = shape.members[part] if isinstance(shape, StructureShape) else None
    others = {} if isinstance(shape, StructureShape) and shape.is_tagged_union else current
    inner = current[part] if part in current else member and _value(member, part)
    return {**others, part: _put(member, inner, rest, value)}
