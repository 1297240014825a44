from __future__ import annotations

from typing import Any

import pytest

from sealgate.errors import UnreadableInputError
from sealgate.reading import inputs, manifests

JOB = {
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
