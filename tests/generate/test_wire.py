from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.model import ServiceModel
from tests.generate.conftest import ROOT

from sealgate.generate import wire
from sealgate.generate.outputs import GenerationError


def model(
    *, uri: str = "/jobs", members: dict[str, Any] | None = None, payload: str | None = None, **metadata: Any
) -> ServiceModel:
    shapes: dict[str, Any] = {
        "String": {"type": "string"},
        "Part": {"type": "structure", "members": {"keyId": {"shape": "String", "locationName": "key"}}},
        "Request": {"type": "structure", "members": members or {}, **({"payload": payload} if payload else {})},
    }
    return ServiceModel(
        {
            "metadata": {"endpointPrefix": "example", "protocol": "rest-json", "serviceId": "Example", **metadata},
            "operations": {
                "CreateJob": {
                    "name": "CreateJob",
                    "http": {"method": "POST", "requestUri": uri},
                    "input": {"shape": "Request"},
                }
            },
            "shapes": shapes,
        },
        "example",
    )


def row(of: ServiceModel, keys: list[list[str]] | None = None) -> dict[str, Any]:
    rows = {"example:CreateJob": {"keys": [{"path": path} for path in keys or []]}}
    return wire.service("example", of, set(rows), rows)


def test_the_table_is_made_of_the_models_that_are_installed() -> None:
    path = "webhook/sealgate/reading/wire.json"
    assert wire.generate(ROOT)[path] == (ROOT / path).read_bytes()


def test_every_service_that_shares_a_signature_with_a_guarded_one_is_in_it() -> None:
    table = json.loads((ROOT / "webhook/sealgate/reading/wire.json").read_bytes())
    assert {"sagemaker", "sagemaker-runtime", "bedrock-agent-runtime", "bedrock-agentcore", "kms"} <= table.keys()
    assert "s3" not in table


def test_a_service_with_several_protocols_is_read_in_the_first_that_can_be() -> None:
    several = ["smithy-rpc-v2-cbor", "json"]
    found = row(model(protocol="smithy-rpc-v2-cbor", protocols=several, targetPrefix="Example"))
    assert (found["protocol"], found["target_prefix"]) == ("json", "Example")


def test_a_service_in_a_protocol_that_is_not_read_is_told() -> None:
    with pytest.raises(GenerationError, match="example speaks query, none of which is read"):
        row(model(protocol="query"))


def test_members_outside_of_the_body_are_bound() -> None:
    members = {
        "jobId": {"shape": "String", "location": "uri", "locationName": "id"},
        "token": {"shape": "String", "location": "header", "locationName": "X-Token"},
        "mode": {"shape": "String", "location": "querystring", "locationName": "mode"},
        "name": {"shape": "String"},
    }
    assert row(model(uri="/jobs/{id}", members=members))["operations"]["CreateJob"] == {
        "method": "POST",
        "uri": "/jobs/{id}",
        "guarded": True,
        "bindings": {"path": {"id": "jobId"}, "headers": {"X-Token": "token"}, "query": {"mode": "mode"}},
    }


def test_a_member_bound_to_several_headers_is_told() -> None:
    members = {"meta": {"shape": "Part", "location": "headers", "locationName": "x-"}}
    with pytest.raises(GenerationError, match="binds meta to headers"):
        row(model(members=members))


def test_a_member_that_is_the_whole_body_is_told() -> None:
    with pytest.raises(GenerationError, match="sends its members in a form that is not read"):
        row(model(members={"part": {"shape": "Part"}}, payload="part"))


@pytest.mark.parametrize("uri", ["/jobs/{id+}", "/jobs?start"])
def test_an_address_in_another_form_is_told(uri: str) -> None:
    with pytest.raises(GenerationError, match="addressed in a form that is not read"):
        row(model(uri=uri))


def test_a_member_that_the_policies_read_has_its_own_name_on_the_wire() -> None:
    members = {"part": {"shape": "Part"}}
    with pytest.raises(GenerationError, match=r"sends part\.keyId, which the policies read, under another name"):
        row(model(members=members), [["part", "keyId"]])
    assert row(model(members=members), [["part", "other"]])


@pytest.mark.parametrize(
    ("method", "uri", "confused"),
    [
        ("POST", "/jobs/{id}/", True),
        ("POST", "/jobs/start", True),
        ("PUT", "/jobs/start", False),
        ("POST", "/jobs/start/now", False),
        ("POST", "/other/start", False),
    ],
)
def test_operations_that_can_not_be_told_apart_are_told(*, method: str, uri: str, confused: bool) -> None:
    guarded = {"method": "POST", "uri": "/jobs/{id}" if uri != "/jobs/{id}/" else "/jobs/x", "guarded": True}
    table = {
        "a": {"signing_name": "s", "protocol": "rest-json", "operations": {"A": guarded}},
        "b": {"signing_name": "s", "protocol": "rest-json", "operations": {"B": {"method": method, "uri": uri}}},
        "c": {"signing_name": "t", "protocol": "rest-json", "operations": {"C": guarded}},
    }
    if confused:
        with pytest.raises(GenerationError, match="can't be told apart"):
            wire.refuse_confusion(table)
    else:
        wire.refuse_confusion(table)
