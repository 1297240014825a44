from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sealgate import origins
from sealgate.origins import Location
from sealgate.reading.terraform_source import SourceTree

REQUEST = {"service": "sagemaker", "operation": "CreateJob", "parameters": {"JobName": "a", "Tags": [{"Key": "k"}]}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plan(*changes: Any) -> dict[str, Any]:
    return {"terraform_plan": {"resource_changes": list(changes)}}


class TestAResourceOfAPlan:
    def test_stands_where_the_plan_says(self) -> None:
        change = {"address": "aws_kms_key.k", "_loc": {"file": "infra/main.tf", "line": 12}}

        locate = origins.of_input("plan.json", plan(change), None)

        assert locate("aws_kms_key.k", ["policy"]) == Location("infra/main.tf", 12)
        assert locate("aws_kms_key.other", []) is None

    @pytest.mark.parametrize(
        ("given", "location"),
        [
            ({"file": "main.tf"}, Location("main.tf")),
            ({"file": "main.tf", "line": "12"}, Location("main.tf")),
            ({"file": "main.tf", "line": True}, Location("main.tf")),
            ({"file": "main.tf", "line": 0}, Location("main.tf")),
            ({"file": "./a/../main.tf", "line": 1}, Location("main.tf", 1)),
            ({"file": 7, "line": 12}, None),
            ({"file": "", "line": 12}, None),
            ("main.tf:12", None),
            (None, None),
        ],
    )
    def test_stands_nowhere_by_what_is_no_place(self, given: object, location: Location | None) -> None:
        change = {"address": "aws_kms_key.k", "_loc": given}

        assert origins.of_input("plan.json", plan(change), None)("aws_kms_key.k", []) == location

    def test_stands_where_its_block_does(self, folder: Path) -> None:
        (folder / "infra").mkdir()
        (folder / "infra/main.tf").write_text('\nresource "aws_kms_key" "k" {}\n')
        change = {"address": "aws_kms_key.loc", "_loc": {"file": "x.tf", "line": 1}}

        locate = origins.of_input("plan.json", plan(change), SourceTree("infra"))

        assert locate('aws_kms_key.k["a"]', []) == Location("infra/main.tf", 2)
        assert locate("aws_kms_key.loc", []) == Location("x.tf", 1)
        assert locate("arn:aws:kms:us-west-2:111122223333:key/1 policy", []) is None

    @pytest.mark.parametrize("content", [{}, {"resource_changes": None}, {"resource_changes": [7, {"address": 7}]}])
    def test_of_a_plan_that_says_nothing_stands_nowhere(self, content: dict[str, Any]) -> None:
        assert origins.of_input("plan.json", {"terraform_plan": content}, None)("a.b", []) is None


class TestAMemberOfARequest:
    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("service: sagemaker\noperation: CreateJob\nparameters:\n  JobName: a\n  Tags:\n  - Key: k\n", (4, 6)),
            ("JobName: a\n\nTags:\n- Key: k\n", (1, 4)),
            (json.dumps(REQUEST, indent=1), (5, 8)),
            (json.dumps({"subject": {"aws_request": REQUEST}}, indent=1), (7, 10)),
        ],
    )
    def test_has_its_line_in_every_form_of_a_request(self, text: str, lines: tuple[int, int]) -> None:
        Path("job.yaml").write_text(text)

        locate = origins.of_input("job.yaml", {"aws_request": REQUEST}, None)

        assert locate("x", ["JobName"]) == Location("job.yaml", lines[0])
        assert locate("x", ["Tags", 0, "Key"]) == Location("job.yaml", lines[1])
        # What stands in a string has the line of the string.
        assert locate("x", ["JobName", "inside"]) == Location("job.yaml", lines[0])

    def test_of_a_kubernetes_object_has_its_line(self) -> None:
        Path("job.yaml").write_text(
            "kind: TrainingJob\nstatus: null\nspec:\n  tags: [{key: k, value: null}]\n  roleARN: r\n"
        )
        content = {"kind": "TrainingJob", "spec": {"roleARN": "r", "tags": [{"key": "k"}]}}

        locate = origins.of_input("job.yaml", {"kubernetes_object": {"object": content}}, None)

        assert locate("x", ["spec", "roleARN"]) == Location("job.yaml", 5)

    def test_of_a_review_has_its_line(self) -> None:
        content = {"kind": "TrainingJob", "spec": {"roleARN": "r"}}
        Path("review.json").write_text(json.dumps({"request": {"object": content}}, indent=1))

        locate = origins.of_input("review.json", {"kubernetes_object": {"object": content}}, None)

        assert locate("x", ["spec", "roleARN"]) == Location("review.json", 6)

    def test_of_one_of_several_objects_has_the_line_in_its_own_document(self) -> None:
        same = "kind: TrainingJob\nspec:\n  roleARN: r\n"
        Path("jobs.yaml").write_text(f"{same}---\n{same}---\nkind: List\nitems:\n  - kind: A\n    spec: {{a: 1}}\n")
        subject = {"kubernetes_object": {"object": {"kind": "TrainingJob", "spec": {"roleARN": "r"}}}}

        second = origins.of_input("jobs.yaml", subject, None, (1,))
        item = origins.of_input("jobs.yaml", subject, None, (2, "items", 0))

        assert second("x", ["spec", "roleARN"]) == Location("jobs.yaml", 7)
        assert second("x", []) == Location("jobs.yaml", 5)
        assert item("x", ["spec", "a"]) == Location("jobs.yaml", 12)
        assert item("x", []) == Location("jobs.yaml", 11)

    def test_of_one_of_several_objects_without_places_has_the_file(self) -> None:
        subject: dict[str, Any] = {"kubernetes_object": {"object": {}}}

        assert origins.of_input("gone.yaml", subject, None, (1,))("x", []) == Location("gone.yaml")

    @pytest.mark.parametrize("text", ["a: [", '{"another": "request"}', "x" * 2**21, "\ud83d"])
    def test_of_a_file_without_places_has_the_file(self, text: str) -> None:
        Path("job.json").write_text(text, errors="surrogatepass")

        locate = origins.of_input("job.json", {"aws_request": REQUEST}, None)

        assert locate("x", ["JobName"]) == Location("job.json")

    def test_that_is_gone_has_the_file(self) -> None:
        assert origins.of_input("gone.json", {"aws_request": REQUEST}, None)("x", ["a"]) == Location("gone.json")

    def test_is_not_looked_for_where_the_whole_is_meant(self) -> None:
        assert origins.of_input("gone.json", {"aws_request": REQUEST}, None)("x", []) is None

    def test_of_standard_input_stands_nowhere(self) -> None:
        assert origins.of_input("<stdin>", {"aws_request": REQUEST}, None)("x", ["JobName"]) is None


@pytest.mark.parametrize(
    ("path", "shown"),
    [("a/./b.tf", "a/b.tf"), ("./a.tf", "a.tf"), ("../a.tf", "../a.tf"), ("/elsewhere/a.tf", "/elsewhere/a.tf")],
)
def test_a_path_is_shown_from_the_working_directory(path: str, shown: str) -> None:
    assert origins.shown_path(path) == shown


def test_an_absolute_path_below_the_working_directory_is_relative(folder: Path) -> None:
    assert origins.shown_path(str(folder / "infra/main.tf")) == "infra/main.tf"
