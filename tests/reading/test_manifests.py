from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import REVIEW

from sealgate.errors import UnreadableInputError
from sealgate.reading import inputs, manifests

JOB: dict[str, Any] = {
    "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
    "kind": "TrainingJob",
    "metadata": {"name": "my-job", "namespace": "ml"},
    "spec": {},
}


class TestSubject:
    @pytest.mark.parametrize(
        ("value", "read"),
        [
            ({"object": JOB}, {"object": JOB}),
            ({"object": None, "operation": "DELETE", "oldObject": JOB}, None),
            ({"object": JOB, "operation": "UPDATE", "oldObject": JOB, "namespace": "ml", "dryRun": True}, None),
            ({"object": JOB, "oldObject": None, "namespace": None, "dryRun": None}, {"object": JOB}),
        ],
    )
    def test_is_read_without_the_members_that_are_null(
        self, value: dict[str, Any], read: dict[str, Any] | None
    ) -> None:
        subject = {"kubernetes_object": value if read is None else read}

        assert inputs.read({"subject": {"kubernetes_object": value}}, allow_settings=False).subject == subject

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ([], "kubernetes_object is an object, and this is a list"),
            ({}, 'a Kubernetes object has "object", and here it is missing'),
            ({"object": []}, '"object" is a list, not an object'),
            (
                {"object": JOB, "oldobject": JOB},
                '"oldobject" is no member of a Kubernetes object: did you mean "oldObject"?',
            ),
            ({"object": JOB, "dryRun": 1}, '"dryRun" is a number, not a boolean'),
            ({"object": JOB, "operation": "create"}, '"create" is no operation: did you mean "CREATE"?; there are'),
            ({"object": None, "operation": "UPDATE"}, "there is no object, and UPDATE has one"),
            ({"object": None}, "there is no object, and CREATE has one"),
        ],
    )
    def test_of_another_shape_is_told(self, value: object, message: str) -> None:
        with pytest.raises(UnreadableInputError) as caught:
            manifests.read_value(value)
        assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (JOB, "sagemaker.services.k8s.aws/TrainingJob ml/my-job"),
        ({**JOB, "metadata": {"generateName": "my-"}}, "sagemaker.services.k8s.aws/TrainingJob my-"),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}, "Secret a"),
        ({"apiVersion": 1, "kind": [], "metadata": "x"}, ""),
    ],
)
def test_an_object_has_a_name_whatever_it_lacks(content: dict[str, Any], name: str) -> None:
    assert manifests.name_of(content) == name


JOB_YAML = """\
apiVersion: sagemaker.services.k8s.aws/v1alpha1
kind: TrainingJob
metadata: {name: my-job, namespace: ml}
spec: {}
"""
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}
LIST = {"apiVersion": "v1", "kind": "List", "items": [JOB, SECRET]}


def read(text: str, name: str = "job.yaml") -> list[Any]:
    """Return the objects of a file, with their places."""
    Path(name).write_text(text, encoding="utf-8")
    return [(given.subject["kubernetes_object"]["object"], given.place) for given in inputs.read_file(name)]


@pytest.fixture
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_in_a_folder")
class TestFile:
    def test_holds_an_object(self) -> None:
        assert read(JOB_YAML) == [(JOB, ())]
        assert read(json.dumps(JOB), "job.json") == [(JOB, ())]

    def test_holds_several_documents_of_which_some_are_empty(self) -> None:
        text = f"# Source: templates/a.yaml\n---\n# nothing\n---\n{JOB_YAML}---\n---\n{json.dumps(SECRET)}\n---\n"

        assert read(text) == [(JOB, (1,)), (SECRET, (3,))]

    def test_holds_one_object_among_empty_documents(self) -> None:
        assert read(f"---\n# nothing\n---\n{JOB_YAML}") == [(JOB, ())]

    def test_holds_lists(self) -> None:
        assert read(json.dumps(LIST), "list.json") == [(JOB, (0, "items", 0)), (SECRET, (0, "items", 1))]
        assert read(f"{json.dumps(SECRET)}\n---\n{json.dumps({**LIST, 'items': [LIST]})}") == [
            (SECRET, (0,)),
            (JOB, (1, "items", 0, "items", 0)),
            (SECRET, (1, "items", 0, "items", 1)),
        ]

    def test_holds_a_list_of_one_kind_whose_items_do_not_repeat_it(self) -> None:
        bare = {name: JOB[name] for name in ("metadata", "spec")}
        jobs = {"apiVersion": JOB["apiVersion"], "kind": "TrainingJobList", "items": [bare, JOB]}

        assert [content for content, _ in read(json.dumps(jobs))] == [JOB, JOB]

    def test_holds_an_object_whose_kind_only_sounds_like_a_list(self) -> None:
        content = {"apiVersion": "example.com/v1", "kind": "AccessList", "spec": {"items": []}}

        assert read(json.dumps(content)) == [(content, ())]

    def test_holds_a_review(self) -> None:
        Path("review.json").write_text(json.dumps(REVIEW), encoding="utf-8")

        [given] = inputs.read_file("review.json")

        assert given.subject["kubernetes_object"]["operation"] == "CREATE"
        assert given.subject["kubernetes_object"]["object"] == REVIEW["request"]["object"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (f"{JOB_YAML}---\nJobName: a\n", "job.yaml: document 2 has no apiVersion and kind, and others are"),
            ("JobName: a\n---\nJobName: b\n", "job.yaml:2:1: a second document starts here, and one is read"),
            (f"{JOB_YAML}---\na: 1\na: 2\n", 'job.yaml:7:1: duplicate key "a"'),
            (f"{JOB_YAML}x: {{{{ .Values.x }}}}\n", "helm template"),
            (json.dumps({**LIST, "items": [JOB, 7]}), "job.yaml: item 2 of List has no apiVersion and kind"),
            (json.dumps({**LIST, "items": [{}]}), "job.yaml: item 1 of List has no apiVersion and kind"),
            (json.dumps({**REVIEW, "apiVersion": "admission.k8s.io/v1beta1"}), "admission.k8s.io/v1beta1"),
            ("", "job.yaml: it is empty"),
        ],
    )
    def test_that_is_not_all_objects_is_refused(self, text: str, message: str) -> None:
        with pytest.raises(UnreadableInputError, match=re.escape(message)) as caught:
            read(text)
        assert not isinstance(caught.value, inputs.NoInputError)

    def test_is_not_of_an_operation(self) -> None:
        Path("job.yaml").write_text(JOB_YAML, encoding="utf-8")

        with pytest.raises(UnreadableInputError, match=r"holds .*TrainingJob ml/my-job, and --operation says"):
            inputs.read_file("job.yaml", operation="sagemaker:CreateTrainingJob")

    @pytest.mark.parametrize(
        ("name", "text", "reason"),
        [
            ("a.yaml", "# nothing\n---\n# here\n", "it holds comments only"),
            ("Chart.yaml", "apiVersion: v2\nname: a\n", "it describes a Helm chart"),
            ("values.yaml", "a: &a 1\nb: *a\n", "it holds values for a Helm chart"),
            ("production-values.yaml", "name: a\n", "it holds values for a Helm chart"),
            ("values-production.yaml", "", "it holds values for a Helm chart"),
            ("values.schema.json", '{"type": "object"}', "it is the schema of a Helm chart's values"),
            (
                "kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: a}\n",
                "kustomize.config.k8s.io/Kustomization a is read by a tool",
            ),
            ("config.yaml", "apiVersion: v1\nkind: Config\nclusters: []\n", "Config is read by a tool"),
            ("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n", "the lists in it are empty"),
        ],
    )
    def test_that_holds_no_input_says_why(self, name: str, text: str, reason: str) -> None:
        with pytest.raises(inputs.NoInputError) as caught:
            read(text, name)
        assert str(caught.value).startswith(f"{name}: {reason}")

    def test_is_judged_whatever_its_name_is(self) -> None:
        assert read(JOB_YAML, "values.yaml") == [(JOB, ())]
