from __future__ import annotations

import json
from typing import Any

import pytest

from sealgate.errors import UnreadableInputError
from sealgate.reading import terraform

SHOW = "`terraform show -json FILE` prints the plan in FILE, which `terraform plan -out=FILE` wrote"

STATE_FILE = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}
LOG = [
    {"@level": "info", "@message": "Terraform 1.9.0", "type": "version"},
    {"@level": "info", "@message": "Plan: 1 to add", "type": "change_summary"},
]


def fault(text: str | bytes) -> str:
    data = bytearray(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UnreadableInputError) as caught:
        terraform.plan_members(data, "f")
    return str(caught.value)


def names(value: Any) -> list[str] | None:
    members = terraform.plan_members(bytearray(json.dumps(value).encode()), "f")
    return None if members is None else list(members)


@pytest.mark.parametrize(
    "plan",
    [
        {"resource_changes": []},
        {"format_version": "1.2", "resource_changes": None},
        {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "configuration": {}},
        {"planned_values": {}, "format_version": "0.1"},
        {"configuration": {}, "format_version": 7},
    ],
)
def test_a_plan_is_known_by_its_members(plan: dict[str, Any]) -> None:
    assert names(plan) == list(plan)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"x"',
        "service: sagemaker\nresource: {a: 1}\n",
        "# a comment\nsubject: {}\n",
        "{",
        '{"service": "sagemaker", "format_version": ',
        json.dumps({"service": "sagemaker", "parameters": {"resource_changes": "format_version"}}),
        json.dumps({"subject": {"terraform_plan": {"format_version": "1.2", "resource_changes": []}}}),
        json.dumps({"mock": {"valid": {"resource_changes": []}}}),
        json.dumps({"version": 4, "resources": []}),
        json.dumps({"Tags": [{"Key": "terraform_version", "Value": "1"}]}),
    ],
)
def test_what_is_not_terraform_s_is_left_to_others(text: str) -> None:
    assert terraform.plan_members(bytearray(text.encode()), "f") is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (json.dumps(STATE_FILE), "a Terraform state file"),
        (json.dumps({"format_version": "1.0", "terraform_version": "1.9.0", "values": {}}), "a Terraform state"),
        (json.dumps({"format_version": "1.0"}), "a Terraform state"),
        (json.dumps({"format_version": "1.0", "provider_schemas": {}}), "the schemas of providers"),
        (json.dumps({"format_version": "1.0", "valid": True}), "something else that Terraform writes"),
        (
            json.dumps({"provider_config": {}, "root_module": {}}),
            "a configuration alone, as `tofu show -json -config` prints it",
        ),
        ("\n".join(map(json.dumps, LOG)), "the log of a plan or an apply with -json"),
        (json.dumps(LOG[0], separators=(",", ":")) + "\n", "the log of a plan or an apply with -json"),
        ("Terraform v1.9.0\non linux_amd64\n" + json.dumps(LOG[0]), "what Terraform prints for people"),
        (
            "\x1b[0m\nTerraform used the selected providers to generate the following execution plan.",
            "what Terraform prints for people",
        ),
        ("\nOpenTofu will perform the following actions:\n", "what Terraform prints for people"),
        ("No changes. Your infrastructure matches the configuration.", "what Terraform prints for people"),
        (b"PK\x03\x04\x14\x00\x08\x00\x08\x00tfplan", "a plan in Terraform's own binary form"),
        (b"tfplan\x02", "a plan in Terraform's own binary form"),
        ('resource "aws_kms_key" "k" {\n}', "Terraform configuration, of which nobody has made a plan"),
        (
            '# a key\n\n// of ours\n/* here:\n */\nmodule "keys" {',
            "Terraform configuration, of which nobody has made a plan",
        ),
        ("locals {\n", "Terraform configuration, of which nobody has made a plan"),
    ],
)
def test_what_else_terraform_writes_is_refused_with_the_way_to_a_plan(text: str | bytes, what: str) -> None:
    assert fault(text) == f"f: this is {what}, and no plan: {SHOW}"


def test_a_plan_that_is_cut_off_is_told_to_be() -> None:
    text = json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [{"a": "b" * 50}]})
    assert fault(text[:100]) == "f:1:84: the plan is not complete: a string is not closed"
    assert fault(text[:-2]) == f"f:1:{len(text) - 1}: the text ends before the document does"
    assert fault(text[:-1] + ",}") == f'f:1:{len(text) + 1}: a key in double quotes is expected, not "}}"'


@pytest.mark.parametrize("text", [b"{" * 100_000, b'{"format_version": ' * 100_000, b"/*" * 50_000, b"//" * 60_000])
def test_hostile_texts_take_no_time(text: bytes) -> None:
    assert terraform.plan_members(bytearray(text), "f") is None
