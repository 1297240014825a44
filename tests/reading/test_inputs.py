from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate.errors import UnreadableInputError
from sealgate.reading import files, inputs

PARAMETERS = {
    "JobName": "my-job",
    "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
    "JobCategory": "AgentRFT",
    "JobConfigSchemaVersion": "1.0.0",
    "JobConfigDocument": "{}",
}
REQUEST = {"service": "sagemaker", "operation": "CreateJob", "parameters": PARAMETERS}
SUBJECT = {"aws_request": REQUEST}
PLAN: dict[str, Any] = {"format_version": "1.2", "resource_changes": []}
NO_PLAN = "a plan is what `terraform show -json FILE` prints, and this is "


def read(value: object, *, allow_settings: bool = True, operation: str | None = None) -> Any:
    return inputs.read(value, allow_settings=allow_settings, operation=operation)[:3]


def fault(value: object, *, allow_settings: bool = True, operation: str | None = None) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        read(value, allow_settings=allow_settings, operation=operation)
    return caught.value.message


class TestDocument:
    def test_carries_subject_context_and_settings(self) -> None:
        context = {"region": "us-west-2"}
        settings = {"unverified": "deny", "context": {"account": "111122223333"}}
        assert read({"subject": SUBJECT}) == (SUBJECT, None, None)
        assert read({"subject": SUBJECT, "context": context}) == (SUBJECT, context, None)
        assert read({"subject": SUBJECT, "settings": settings}) == (SUBJECT, None, settings)
        assert read({"subject": SUBJECT, "context": {}, "settings": {}}) == (SUBJECT, {}, {})

    def test_has_its_context_in_the_context_s_own_shape(self) -> None:
        key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        pasted = {"keys": {key: {"metadata": {"KeyMetadata": {"Arn": key}}}}}
        assert read({"subject": SUBJECT, "context": pasted})[1] == {"keys": {key: {"metadata": {"Arn": key}}}}

    @pytest.mark.parametrize("name", ["parsed", "now", "context_from_caller", "question"])
    @pytest.mark.parametrize("subject", [{"subject": SUBJECT}, {}])
    @pytest.mark.parametrize("allow_settings", [True, False])
    def test_never_carries_what_sealgate_makes(
        self,
        name: str,
        subject: dict[str, Any],
        allow_settings: bool,  # noqa: FBT001 a case
    ) -> None:
        message = fault({**subject, name: {}}, allow_settings=allow_settings)
        assert message == f'"{name}" is made by sealgate, and can\'t be given'

    def test_carries_settings_only_where_they_are_the_user_s_own(self) -> None:
        message = fault({"subject": SUBJECT, "settings": {}}, allow_settings=False)
        assert message == "settings come from the service alone, and can't be given"

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ({"context": {}}, 'an input document has "subject", and here it is missing'),
            (
                {"subjct": SUBJECT, "context": {}},
                '"subjct" is no member of an input document: did you mean "subject"?',
            ),
            ({"subject": SUBJECT, "contex": {}}, '"contex" is no member of an input document: did you mean "context"?'),
            ({"subject": None}, "the subject is an object, and this is null"),
            ({"subject": {}}, "a subject has one of aws_request, terraform_plan, kubernetes_object"),
            (
                {"subject": {**SUBJECT, "terraform_plan": PLAN}},
                "a subject has one of aws_request, terraform_plan, kubernetes_object",
            ),
            (
                {"subject": {"aws_requests": REQUEST}},
                '"aws_requests" is no member of a subject: did you mean "aws_request"?',
            ),
            ({"subject": {"terraform_plan": {}}}, NO_PLAN + "an object without resource_changes"),
            ({"subject": {"terraform_plan": []}}, NO_PLAN + "a list"),
            ({"subject": {"aws_request": []}}, "aws_request is an object, and this is a list"),
            ({"subject": {"aws_request": PARAMETERS}}, '"JobName" is no member of a request'),
            ({"subject": {"aws_request": {}}}, 'a request has "service", and here it is missing'),
            ({"subject": SUBJECT, "context": None}, "a context is an object, and this is null"),
            (
                {"subject": SUBJECT, "context": {"key": {}}},
                'the context can\'t be used: unknown member "key" at /: did you mean "keys"?',
            ),
            (
                {"subject": SUBJECT, "settings": []},
                "the settings can't be used: settings are an object, and this is a list",
            ),
            (
                {"subject": SUBJECT, "settings": {"enforcment": {}}},
                'the settings can\'t be used: unknown setting "enforcment" at /: did you mean "enforcement"?',
            ),
            (
                {"subject": SUBJECT, "settings": {"engine": {}}},
                "the settings can't be used: \"engine\" is the service's own",
            ),
        ],
    )
    def test_that_is_malformed_is_told_how(self, document: object, message: str) -> None:
        assert fault(document) == message

    def test_may_carry_a_plan_as_its_subject(self) -> None:
        whole = {**PLAN, "planned_values": {}, "resource_changes": [{"type": "aws_instance"}]}
        assert read({"subject": {"terraform_plan": whole}, "context": {}}) == ({"terraform_plan": PLAN}, {}, None)

    def test_with_a_plan_that_is_none_in_its_shape_is_told_without_a_place(self) -> None:
        document = {"subject": {"terraform_plan": {**PLAN, "resource_changes": [{"type": 1}]}}}
        with pytest.raises(UnreadableInputError) as caught:
            inputs.read(document, allow_settings=False, source="/batch/2")
        assert str(caught.value) == "/batch/2: /resource_changes/0 has a type that is a number, not a string"

    def test_is_not_seen_in_parameters_whose_operation_is_said(self) -> None:
        parameters = {"context": 1, "now": 2}
        assert read(parameters, operation="s3:PutObject")[0]["aws_request"]["parameters"] == parameters


class TestFile:
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    def test_holds_a_plan(self) -> None:
        Path("plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
        assert inputs.read_file("plan.json") == [({"terraform_plan": PLAN}, None, None, ())]

    def test_holds_a_request(self) -> None:
        Path("job.json").write_text(json.dumps(PARAMETERS), encoding="utf-8")
        assert inputs.read_file("job.json") == [(SUBJECT, None, None, ())]
        assert inputs.read_file("job.json", operation="sagemaker:CreateJob") == [(SUBJECT, None, None, ())]

    def test_holds_a_document_with_settings(self) -> None:
        Path("input.yaml").write_text(
            f"subject: {{terraform_plan: {json.dumps(PLAN)}}}\nsettings: {{unverified: deny}}\n", encoding="utf-8"
        )
        assert inputs.read_file("input.yaml") == [({"terraform_plan": PLAN}, None, {"unverified": "deny"}, ())]

    def test_that_is_too_large_for_anything_but_a_plan_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MAX_BYTES", 2 * 1024**2)
        Path("plan.json").write_text(json.dumps(PLAN).ljust(2 * 1024**2 + 1), encoding="utf-8")
        Path("job.json").write_text(json.dumps(REQUEST).ljust(2 * 1024**2 + 1), encoding="utf-8")
        assert inputs.read_file("plan.json")[0].subject == {"terraform_plan": PLAN}
        with pytest.raises(UnreadableInputError, match=r"^job\.json: it is larger than 2 MiB, and no plan$"):
            inputs.read_file("job.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("subject", "aws_request", "service", "operation", "parameters", "context", "settings", "keys"),
                    *("terraform_plan", "resource_changes", "configuration", "format_version"),
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(
    value=JSON, allow_settings=st.booleans(), operation=st.none() | st.just("sagemaker:CreateJob") | st.text(max_size=3)
)
def test_any_value_is_read_or_refused(value: Any, allow_settings: bool, operation: str | None) -> None:  # noqa: FBT001 a case
    try:
        subject, _, settings = read(value, allow_settings=allow_settings, operation=operation)
    except UnreadableInputError:
        return
    ((name, content),) = subject.items()
    assert name in {"aws_request", "terraform_plan"}
    assert name == "terraform_plan" or content.keys() == {"service", "operation", "parameters"}
    assert allow_settings or settings is None
