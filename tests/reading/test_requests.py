from __future__ import annotations

from typing import Any

import pytest

from sealgate import resources
from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reading import inputs, requests

PARAMETERS = {
    "JobName": "my-job",
    "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
    "JobCategory": "AgentRFT",
    "JobConfigSchemaVersion": "1.0.0",
    "JobConfigDocument": "{}",
}
REQUEST = {"service": "sagemaker", "operation": "CreateJob", "parameters": PARAMETERS}
SUBJECT = {"aws_request": REQUEST}


def read(value: object, *, allow_settings: bool = True, operation: str | None = None) -> Any:
    return inputs.read(value, allow_settings=allow_settings, operation=operation)[:3]


def fault(value: object, *, allow_settings: bool = True, operation: str | None = None) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        read(value, allow_settings=allow_settings, operation=operation)
    return caught.value.message


class TestRequest:
    def test_is_read_with_service_operation_and_parameters(self) -> None:
        assert read(REQUEST) == (SUBJECT, None, None)
        assert requests.read_request(REQUEST) == SUBJECT

    def test_is_read_as_bare_parameters_of_an_operation(self) -> None:
        assert read(PARAMETERS, operation="sagemaker:CreateJob") == (SUBJECT, None, None)
        assert requests.read_request({}, operation="sagemaker:CreateJob") == {
            "aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": {}}
        }

    def test_is_recognised_by_its_parameters(self) -> None:
        assert read(PARAMETERS) == (SUBJECT, None, None)
        assert read({**PARAMETERS, "Tags": []})[0]["aws_request"]["operation"] == "CreateJob"

    def test_may_say_twice_which_operation_it_is(self) -> None:
        assert read(REQUEST, operation="sagemaker:CreateJob")[0] == SUBJECT
        assert read({"subject": SUBJECT}, operation="sagemaker:CreateJob")[0] == SUBJECT

    def test_of_an_unknown_operation_is_passed_on(self) -> None:
        request = {"service": "s3", "operation": "PutObject", "parameters": {}}
        assert read(request)[0] == {"aws_request": request}
        assert read({}, operation="s3:PutObject")[0] == {"aws_request": request}

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (None, "a request is an object, and this is null"),
            ([REQUEST], "a request is an object, and this is a list"),
            ("x", "a request is an object, and this is a string"),
            ({**REQUEST, "paramters": {}}, '"paramters" is no member of a request: did you mean "parameters"?'),
            (
                {"service": "sagemaker", "Operation": "CreateJob", "parameters": {}},
                '"Operation" is no member of a request: did you mean "operation"?',
            ),
            ({**REQUEST, "region": "us-west-2"}, '"region" is no member of a request'),
            (
                {"service": "sagemaker", "operation": "CreateJob"},
                'a request has "parameters", and here it is missing',
            ),
            (
                {"operation": "sagemaker:CreateJob", "parameters": {}},
                'a request has "service", and here it is missing',
            ),
            ({**REQUEST, "service": ""}, '"service" names no service'),
            ({**REQUEST, "operation": 7}, '"operation" names no operation'),
            ({**REQUEST, "parameters": "{}"}, '"parameters" is an object, and this is a string'),
            ({**REQUEST, "parameters": None}, '"parameters" is an object, and this is null'),
        ],
    )
    def test_that_is_malformed_is_told_how(self, value: object, message: str) -> None:
        assert fault(value) == message

    @pytest.mark.parametrize(
        "operation", ["sagemaker:createjob", "sagemaker:create-job", "SageMaker:CreateJob", "sagemaker:Create_Job"]
    )
    def test_of_a_known_operation_in_another_spelling_is_refused(self, operation: str) -> None:
        expected = f'"{operation}" is no operation: did you mean sagemaker:CreateJob?'
        service, _, name = operation.partition(":")
        assert fault({**REQUEST, "service": service, "operation": name}) == expected
        assert fault(PARAMETERS, operation=operation) == expected

    @pytest.mark.parametrize("operation", ["CreateJob", "create-job", "createjob"])
    def test_of_an_operation_without_its_service_is_refused(self, operation: str) -> None:
        message = fault(PARAMETERS, operation=operation)
        assert message == f'"{operation}" is no operation: did you mean sagemaker:CreateJob?'

    @pytest.mark.parametrize("operation", ["", "Frobnicate", "sagemaker:", ":CreateFrob"])
    def test_of_no_operation_is_refused(self, operation: str) -> None:
        assert fault(PARAMETERS, operation=operation) == (
            f'"{operation}" is no operation: it is written service:Operation, such as sagemaker:CreateJob'
        )

    @pytest.mark.parametrize("value", [REQUEST, {"subject": SUBJECT}])
    def test_that_contradicts_the_operation_is_refused(self, value: object) -> None:
        assert fault(value, operation="sagemaker:CreateModel") == (
            'the request is "sagemaker:CreateJob", and --operation says "sagemaker:CreateModel"'
        )

    def test_whose_parameters_fit_several_operations_is_refused(self) -> None:
        several = {"DeviceFleetName": "f", "OutputConfig": {}}
        assert fault(several) == (
            "these parameters fit several operations (sagemaker:CreateDeviceFleet, sagemaker:UpdateDeviceFleet); "
            "say which is meant with --operation, or give service, operation and parameters"
        )

    def test_whose_parameters_fit_no_operation_is_refused_with_the_nearest(self) -> None:
        message = fault({**PARAMETERS, "VpcConfig": {}})
        assert message.startswith("these parameters fit no operation that is known; the nearest: sagemaker:CreateJob")
        assert message.endswith("say which is meant with --operation, or give service, operation and parameters")

    @pytest.mark.parametrize("value", [{}, {"x": 1}, {"service": "sagemaker", "op": "CreateJob", "params": {}}])
    def test_that_is_something_else_is_refused(self, value: object) -> None:
        assert fault(value).startswith("this is neither a request nor the parameters of an operation that is known; ")

    def test_needs_the_tables_of_the_policies(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing() -> Any:
            raise EngineError("no tables")

        monkeypatch.setattr(resources, "operations", missing)
        with pytest.raises(EngineError):
            read(REQUEST)

    @pytest.mark.parametrize(
        "value", [[], {}, {**REQUEST, "x": 1}, {"subject": []}, {"subject": SUBJECT, "context": []}]
    )
    def test_names_its_source_in_errors(self, value: object) -> None:
        with pytest.raises(UnreadableInputError, match=r"^job\.json: "):
            inputs.read(value, allow_settings=False, source="job.json")


def test_no_parameters_of_a_known_operation_are_taken_for_something_else() -> None:
    for operation, row in requests._members().items():  # noqa: SLF001 the table as it is shipped
        parameters = dict.fromkeys(row["members"])
        assert read(parameters, operation=operation)[0]["aws_request"]["parameters"] == parameters
        required = dict.fromkeys(row["required"])
        try:
            subject = read(required)[0]["aws_request"]
        except UnreadableInputError:
            assert not required or "fit several operations" in fault(required)
        else:
            assert f"{subject['service']}:{subject['operation']}" == operation
