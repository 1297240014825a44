from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate.reading import documents

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POINTER = "/aws_request/parameters/JobConfigDocument"
TABLE: dict[str, dict[str, Any]] = {
    "sagemaker:CreateJob": {"json_strings": [["JobConfigDocument"]]},
    "x:Y": {"json_strings": [["Policy"], ["Steps", "*", "Text"], ["A", "B"]]},
}
OUTPUT = '{"OutputDataConfig": {"KmsKeyArn": "' + KEY + '"}, '
VARIABLE = {"Get": "Parameters.Agent"}


def subject(parameters: object, operation: str = "sagemaker:CreateJob") -> dict[str, Any]:
    service, _, name = operation.partition(":")
    return {"aws_request": {"service": service, "operation": name, "parameters": parameters}}


def entry(document: object) -> Any:
    parsed = documents.parsed(subject({"JobConfigDocument": document}), TABLE)
    return parsed.get(POINTER)


def join(*values: object, on: object = "") -> dict[str, Any]:
    return {"Std:Join": {"On": on, "Values": list(values)}}


def test_the_shipped_table_names_job_config_document() -> None:
    assert documents.parsed(subject({"JobConfigDocument": "{}"})) == {POINTER: {"value": {}}}


def test_a_string_is_parsed() -> None:
    assert entry('{"OutputDataConfig": {"KmsKeyArn": 1}}') == {"value": {"OutputDataConfig": {"KmsKeyArn": 1}}}


@pytest.mark.parametrize(
    ("document", "error", "line", "column"),
    [
        ("", "the text is empty", 1, 1),
        ('{"a": 1,\n "b": 2, "b": 3}', 'duplicate key "b"', 2, 10),
        ("{'a': 1}", "a key in double quotes is expected, not \"'a'\"", 1, 2),
        ("{} {}", "text follows the end of the document", 1, 4),
        ("\ufeff{}", "the text starts with a byte order mark", 1, 1),
        ('{"a": NaN}', "NaN is no JSON number", 1, 7),
        ("[" * 200, "it is nested deeper than 128 levels", 1, 129),
        ("\n [1]", "the document is a list, not an object", 2, 2),
        ("7", "the document is a number, not an object", 1, 1),
        ("null", "the document is null, not an object", 1, 1),
        ('"text"', "the document is a string, not an object", 1, 1),
        (
            json.dumps('{"OutputDataConfig": {}}'),
            "the document is encoded twice: it is a JSON string that itself holds JSON",
            1,
            1,
        ),
    ],
)
def test_what_is_wrong_with_a_string_is_told_with_its_place(document: str, error: str, line: int, column: int) -> None:
    assert entry(document) == {"error": error, "line": line, "column": column}


def test_the_longest_document_is_parsed_and_a_longer_one_is_refused() -> None:
    longest = '{"a": "' + "é" * (documents.MAX_JOB_CONFIG_CHARACTERS - 9) + '"}'
    assert len(longest) == 262_144
    assert entry(longest)["value"]["a"].startswith("é")
    assert entry(longest + " ") == {"error": "the document has more than 262,144 characters"}


@pytest.mark.parametrize("document", [None, 7, True, [], {}, {"OutputDataConfig": {}}])
def test_what_is_neither_string_nor_pipeline_has_no_entry(document: object) -> None:
    assert entry(document) is None


@pytest.mark.parametrize(
    "nothing",
    [{}, {"aws_request": None}, {"aws_request": {}}, subject(None), subject([]), subject({}), subject({}, "x:Z")],
)
def test_a_subject_without_json_strings_has_no_entries(nothing: dict[str, Any]) -> None:
    assert documents.parsed(nothing, TABLE) == {}


def test_other_json_strings_may_hold_any_value() -> None:
    parameters = {
        "Policy": "[1]",
        "Steps": [{"Text": "1"}, {}, "x", {"Text": "{"}],
        "A": {"B": '"x"'},
    }
    assert documents.parsed(subject(parameters, "x:Y"), TABLE) == {
        "/aws_request/parameters/Policy": {"value": [1]},
        "/aws_request/parameters/Steps/0/Text": {"value": 1},
        "/aws_request/parameters/Steps/3/Text": {
            "error": "the text ends before the document does",
            "line": 1,
            "column": 2,
        },
        "/aws_request/parameters/A/B": {"value": "x"},
    }


def test_names_are_escaped_in_pointers() -> None:
    parameters = {"Steps": {"a/b~c": {"Text": "1"}}, "A": []}
    assert documents.parsed(subject(parameters, "x:Y"), TABLE) == {
        "/aws_request/parameters/Steps/a~1b~0c/Text": {"value": 1}
    }


class TestObjectOfAnOwnKind:
    KIND: Any = {"group": "ml.example.com", "kind": "Run", "operation": "sagemaker:CreateJob"}  # noqa: RUF012 nothing changes it

    def parsed(self, spec: object, line: dict[str, Any], version: str = "ml.example.com/v1") -> dict[str, Any]:
        content = {"apiVersion": version, "kind": "Run", "spec": spec}
        return documents.parsed(
            {"kubernetes_object": {"object": content}}, TABLE, settings={"kubernetes_kinds": [{**self.KIND, **line}]}
        )

    def test_has_the_documents_among_its_parameters_parsed(self) -> None:
        found = self.parsed({"a/b": {"JobConfigDocument": "{}"}}, {"parameters": ["spec", "a/b"]})
        assert found == {"/kubernetes_object/object/spec/a~1b/JobConfigDocument": {"value": {}}}

    def test_has_none_where_its_parameters_are_not(self) -> None:
        assert self.parsed({}, {"parameters": ["spec", "job"]}) == {}
        assert self.parsed({"job": "text"}, {"parameters": ["spec", "job"]}) == {}

    def test_has_none_where_the_settings_name_its_keys_or_another_kind(self) -> None:
        spec = {"JobConfigDocument": "{}"}
        assert self.parsed(spec, {"keys": [{"path": ["spec", "key"]}]}) == {}
        assert self.parsed(spec, {"parameters": ["spec"]}, version="v1") == {}

    @pytest.mark.parametrize("content", [None, {}, {"apiVersion": 1, "kind": "Run"}])
    def test_that_is_no_object_has_none(self, content: object) -> None:
        settings = {"kubernetes_kinds": [{**self.KIND, "parameters": ["spec"]}]}
        assert documents.parsed({"kubernetes_object": {"object": content}}, TABLE, settings=settings) == {}


class TestPipeline:
    def test_documents_without_variables_are_what_they_join_to(self) -> None:
        assert entry(join('{"a": ', "1}")) == {"value": {"a": 1}}
        assert entry(join('{"a": 1', '"b": 2}', on=",")) == {"value": {"a": 1, "b": 2}}
        assert entry(join('{"a": "', join("s3:", "", "bucket", on="/"), '"}')) == {"value": {"a": "s3://bucket"}}
        assert entry(join('{"a": 1, ', '"a": 2}'))["error"] == 'duplicate key "a"'
        assert entry(join())["error"] == "the text is empty"

    def test_members_before_the_first_variable_are_partial(self) -> None:
        document = join(OUTPUT, '"AgentConfig": {"Arn": "', VARIABLE, '"}, "VpcConfig": {}}')
        assert entry(document) == {
            "partial": {"OutputDataConfig": {"KmsKeyArn": KEY}},
            "variable": "Parameters.Agent",
        }

    def test_separators_count_as_text(self) -> None:
        document = join('{"a": 1', '"b": 2', '"c": "', VARIABLE, '"}', on=",")
        assert entry(document) == {"partial": {"a": 1, "b": 2}, "variable": "Parameters.Agent"}

    def test_a_member_that_a_variable_is_part_of_is_not_partial(self) -> None:
        assert entry(join('{"a": 1, "OutputDataConfig": {"KmsKeyArn": "', VARIABLE, '"}}'))["partial"] == {"a": 1}
        assert entry(join('{"OutputDataConfig": {}', VARIABLE, "}"))["partial"] == {}
        assert entry(join(VARIABLE, OUTPUT, '"a": 1}'))["partial"] == {}

    def test_a_variable_alone_leaves_nothing(self) -> None:
        assert entry(VARIABLE) == {"partial": {}, "variable": "Parameters.Agent"}
        assert entry({"Std:JsonGet": {"Path": "a"}}) == {"partial": {}, "variable": '{"Std:JsonGet": {"Path": "a"}}'}
        assert entry({"Get": 7}) == {"partial": {}, "variable": '{"Get": 7}'}
        assert len(entry({"Get": ["x" * 1000]})["variable"]) == 80

    @pytest.mark.parametrize("value", [7, True, 1.5, {"Other": "object"}])
    def test_whatever_is_no_text_is_a_variable(self, value: object) -> None:
        assert entry(join(OUTPUT, '"a": ', value, "}")) == {
            "partial": {"OutputDataConfig": {"KmsKeyArn": KEY}},
            "variable": json.dumps(value),
        }

    def test_the_first_variable_is_named_wherever_it_stands(self) -> None:
        document = join(OUTPUT, '"a": "', join("s3:/", {"Get": "First"}, on="/"), {"Get": "Second"}, '"}')
        assert entry(document)["variable"] == "First"

    @pytest.mark.parametrize(
        "rest",
        [
            ('"a": "', VARIABLE, '", "OutputDataConfig": {}}'),
            ('"a": "', VARIABLE, '", "OutputDataConfig" \n: {}}'),
            ('"a": "', VARIABLE, '", "Output\\u0044ataConfig": {}}'),
            ('"a": ', VARIABLE, ', "b": {"OutputDataConfig": {}}}'),
            ('"', VARIABLE, '": {}}'),
            ('"Output', VARIABLE, '": {}}'),
            ('"', VARIABLE, 'Config": {}}'),
            ('"Out', VARIABLE, "Data", VARIABLE, 'ig": {}}'),
            ('"a": 1, ', VARIABLE, ": {}}"),
            ('"a": "', VARIABLE, '", "', VARIABLE, '": 1}'),
            ('"a": "', VARIABLE, '", "\\uZZ": 1}'),
            (VARIABLE,),
            (VARIABLE, "}"),
            ('"a": "', VARIABLE, "unclosed: \\"),
            ('"a": "', VARIABLE, '", not JSON'),
            ('"a": "', VARIABLE, '"}} trailing'),
        ],
    )
    def test_what_may_be_named_again_later_is_not_partial(self, rest: tuple[object, ...]) -> None:
        assert entry(join(OUTPUT, *rest))["partial"] == {}

    @pytest.mark.parametrize(
        "rest",
        [
            ('"a": "', VARIABLE, '"}'),
            ('"a": ', VARIABLE, "}"),
            ('"a": ', VARIABLE, VARIABLE, ', "b": 1}'),
            ('"a": "arn:', VARIABLE, ":sagemaker:", VARIABLE, ':x"}'),
            ('"a": "', VARIABLE, ' \\"OutputDataConfig\\": 1"}'),
            ('"a": "', VARIABLE, '", "c": "OutputDataConfig"}'),
        ],
    )
    def test_what_is_not_named_again_stays_partial(self, rest: tuple[object, ...]) -> None:
        assert entry(join(OUTPUT, *rest))["partial"] == {"OutputDataConfig": {"KmsKeyArn": KEY}}

    @pytest.mark.parametrize(
        ("document", "error"),
        [
            (join(OUTPUT, None), "a value of Std:Join is null, not a text or a variable"),
            (join(OUTPUT, []), "a value of Std:Join is a list, not a text or a variable"),
            ({"Std:Join": []}, "Std:Join is a list, not an object with On and Values"),
            ({"Std:Join": {"Values": []}}, "On of Std:Join is missing"),
            (join(on=None), "On of Std:Join is null, not a string"),
            ({"Std:Join": {"On": ""}}, "Values of Std:Join is missing"),
            ({"Std:Join": {"On": "", "Values": {}}}, "Values of Std:Join is an object, not a list"),
            ({"Get": "a", "b": 1}, 'a pipeline function stands alone in its object, and here stand "Get" and "b"'),
            (
                {**join(), "Get": ""},
                'a pipeline function stands alone in its object, and here stand "Get" and "Std:Join"',
            ),
        ],
    )
    def test_what_no_pipeline_can_assemble_is_an_error(self, document: object, error: str) -> None:
        assert entry(document) == {"error": error}

    @pytest.mark.parametrize(
        ("before", "error", "line", "column"),
        [
            ('{"a": 1, "a": 2, ', 'duplicate key "a"', 1, 10),
            ('{"a": 01, ', 'a value is expected, not "01"', 1, 7),
            ("{} ", "", None, None),
            ("\n [", "the document is no object", 2, 2),
            ('"text', "the document is no object", 1, 1),
        ],
    )
    def test_faults_before_the_first_variable_are_errors(
        self, before: str, error: str, line: int | None, column: int | None
    ) -> None:
        expected = {"error": error, "line": line, "column": column} if error else {"partial": {}, "variable": "X"}
        assert entry(join(before, {"Get": "X"})) == expected

    def test_longer_ones_than_create_job_takes_are_errors_before_they_are_joined(self) -> None:
        started = time.perf_counter()
        too_long = {"error": "the document has more than 262,144 characters"}
        assert entry(join(*[""] * 100_000, on="x" * 100_000)) == too_long
        assert entry(join(OUTPUT, VARIABLE, "x" * 262_144)) == too_long
        assert time.perf_counter() - started < 5

    def test_no_text_after_a_variable_takes_long(self) -> None:
        started = time.perf_counter()
        for text in ('"' + '\\"' * 130_000, '":' * 130_000, '" ' * 130_000, "\\" * 262_000):
            assert "partial" in entry(join("{", VARIABLE, text))
        assert time.perf_counter() - started < 5

    @given(
        document=st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5), max_size=5),
        data=st.data(),
    )
    def test_a_partial_member_has_its_value_whatever_the_variable_stands_for(
        self, document: dict[str, Any], data: st.DataObject
    ) -> None:
        text = json.dumps(document)
        start = data.draw(st.integers(1, len(text)))
        end = data.draw(st.integers(start, len(text)))
        partial = entry(join(text[:start], VARIABLE, text[end:]))["partial"]
        assert partial == {name: document[name] for name in partial}
