from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sealgate import resources
from sealgate.errors import EngineError

ROOT = Path(__file__).parents[1]
SERVICE = {"engine", "admission", "tls", "gateway", "header", "log", "aws", "object_pattern", "reader"}
REQUEST = {"service": "sagemaker", "operation": "CreateJob", "parameters": {"JobName": "my-job"}}


def clear() -> None:
    for cached in (resources.schema, resources.tables, resources.rules):
        cached.cache_clear()


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the folder of compiled policies, as empty as before the first build."""
    monkeypatch.setattr(resources, "compiled", lambda name: tmp_path / name)
    clear()
    yield tmp_path
    clear()


class TestSchemas:
    @pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.json")), ids=lambda path: path.stem)
    def test_are_those_of_the_checkout(self, path: Path) -> None:
        schema = resources.schema(path.stem)
        assert schema == json.loads(path.read_bytes())
        jsonschema.Draft202012Validator.check_schema(schema)

    def test_of_an_installed_package_come_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "input.json").write_text('{"installed": true}')
        monkeypatch.setattr(resources, "_SCHEMAS", (tmp_path, *resources._SCHEMAS))  # noqa: SLF001
        clear()
        assert resources.schema("input") == {"installed": True}
        clear()


class TestTables:
    def test_are_read_from_the_compiled_policies(self) -> None:
        assert resources.operations()["sagemaker:CreateJob"]["json_strings"] == [["JobConfigDocument"]]
        assert resources.compiled("sealgate.wasm").is_file()

    def test_of_rules_are_ordered_by_id(self) -> None:
        rules = resources.rules()
        assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
        assert {"id", "title", "always"} <= rules[0].keys()

    @pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"sealgate": 7}'])
    def test_that_can_not_be_read_are_no_decision(self, compiled: Path, content: str | None) -> None:
        if content is not None:
            (compiled / "data.json").write_text(content)
        with pytest.raises(EngineError, match=r"^the tables of the policies can't be read from .*data\.json: "):
            resources.operations()

    def test_without_a_catalogue_have_no_rules(self, compiled: Path) -> None:
        (compiled / "data.json").write_text('{"sealgate": {"data": {}}}')
        assert resources.rules() == []


class TestInputSchema:
    """One file, since `opa check --schema` follows no reference to another."""

    def test_holds_the_context_s_schema(self) -> None:
        context, whole = resources.schema("context"), resources.schema("input")
        assert whole["$defs"]["context"]["properties"] == context["properties"]
        assert whole["$defs"]["context"]["description"] == context["description"]
        assert {name: whole["$defs"][name] for name in context["$defs"]} == context["$defs"]

    def test_holds_the_settings_schema_without_the_service_s_part(self) -> None:
        settings, whole = resources.schema("settings"), resources.schema("input")
        policy = resources.tables()["default_settings"].keys()
        assert whole["$defs"]["settings"]["properties"] == {name: settings["properties"][name] for name in policy}
        parts = copy.deepcopy({name: part for name, part in settings["$defs"].items() if name not in SERVICE})
        del parts["default_context"]["properties"]["aws"]
        assert {name: whole["$defs"][name] for name in parts} == parts

    @pytest.mark.parametrize(
        ("change", "is_valid"),
        [
            ({}, True),
            ({"context": {"region": "us-west-2"}, "settings": {"unverified": "deny"}}, True),
            ({"now": "2026-01-31T12:00:00Z", "parsed": {}, "context_from_caller": ["/region"]}, True),
            ({"parsed": {"/aws_request/parameters/JobConfigDocument": {"value": {"a": 1}}}}, True),
            ({"parsed": {"/x": {"error": "duplicate key", "line": 1, "column": 2}}}, True),
            ({"parsed": {"/x": {"partial": {}, "variable": "Parameters.Key"}}}, True),
            ({"parsed": {"/x": {"partial": [], "variable": "Parameters.Key"}}}, False),
            ({"question": {"for_any_job": True, "merge": "{}", "key": "arn:aws:kms:..."}}, True),
            ({"question": {"who": "me"}}, False),
            ({"subject": {}}, False),
            ({"subject": {"aws_request": REQUEST, "other": {}}}, False),
            ({"subject": {"aws_request": {**REQUEST, "parameters": "{}"}}}, False),
            ({"context": {"keyz": {}}}, False),
            ({"settings": {"engine": {}}}, False),
            ({"now": "today"}, False),
            ({"more": 1}, False),
        ],
    )
    def test_takes_input_documents_and_nothing_else(self, change: dict[str, Any], is_valid: bool) -> None:  # noqa: FBT001 a case
        document = {"subject": {"aws_request": copy.deepcopy(REQUEST)}, **change}
        assert jsonschema.Draft202012Validator(resources.schema("input")).is_valid(document) == is_valid
