"""What the tests of the surfaces share: decisions, engines that answer as told, and the service around them."""

from __future__ import annotations

import copy
import dataclasses
import os
from typing import TYPE_CHECKING, Any

import pytest
from pytest_socket import socket_allow_hosts

from sealgate.app import create_app
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.testing import FlaskClient

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

FINDING: dict[str, Any] = {
    "rule": "SG-MTRL-002",
    "outcome": "violation",
    "enforcement": "deny",
    "severity": "high",
    "level": "required",
    "subject": "sagemaker:CreateJob my-job",
    "path": ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"],
    "message": "the output key is named by an alias",
    "remediation": "Put the key's ARN there.",
    "requirements": ["MTRL-02"],
    "reference": "https://docs.aws.amazon.com/sagemaker/",
    "evidence": {},
}

DECISION: dict[str, Any] = {
    "allowed": True,
    "findings": [],
    "checked": [
        {"subject": "sagemaker:CreateJob my-job", "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-002"]}
    ],
    "notes": [],
    "exceptions": [],
    "context_from_caller": [],
    "version": {"policies": "0.1.0+0123456789ab", "schema": 1},
}

REQUEST: dict[str, Any] = {
    "service": "sagemaker",
    "operation": "CreateJob",
    "parameters": {
        "JobName": "my-job",
        "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
        "JobCategory": "AgentRFT",
        "JobConfigSchemaVersion": "1.0.0",
        "JobConfigDocument": f'{{"OutputDataConfig": {{"S3OutputPath": "s3://my-bucket/", "KmsKeyArn": "{KEY}"}}}}',
    },
}

JOB: dict[str, Any] = {
    "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
    "kind": "TrainingJob",
    "metadata": {"name": "my-job", "namespace": "ml"},
    "spec": {
        "trainingJobName": "my-job",
        "roleARN": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
        "outputDataConfig": {"s3OutputPath": "s3://my-bucket/", "kmsKeyID": KEY},
    },
}

# As an API server writes it (kubernetes/api, admission/v1), without the members that nobody reads.
REVIEW: dict[str, Any] = {
    "kind": "AdmissionReview",
    "apiVersion": "admission.k8s.io/v1",
    "request": {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "sagemaker.services.k8s.aws", "version": "v1alpha1", "kind": "TrainingJob"},
        "resource": {"group": "sagemaker.services.k8s.aws", "version": "v1alpha1", "resource": "trainingjobs"},
        "name": "my-job",
        "namespace": "ml",
        "operation": "CREATE",
        "userInfo": {"username": "jane", "groups": ["system:authenticated"]},
        "object": JOB,
        "oldObject": None,
        "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
    },
}


class FakeEngine:
    """An engine that gives the answer it was made with, or raises it, and remembers what it was asked."""

    name = "fake"

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.documents: list[Mapping[str, Any]] = []
        self.entrypoints: list[str] = []
        self.timeouts: list[float | None] = []
        self.closed = False

    def evaluate(
        self, document: Mapping[str, Any], *, entrypoint: str = "sealgate/decision", timeout_s: float | None = None
    ) -> dict[str, Any]:
        self.documents.append(document)
        self.entrypoints.append(entrypoint)
        self.timeouts.append(timeout_s)
        answer = self.answer(document) if callable(self.answer) else self.answer
        if isinstance(answer, Exception):
            raise answer
        wrong_or_right: dict[str, Any] = copy.deepcopy(answer)
        return wrong_or_right

    def check(self) -> None:
        if isinstance(self.answer, Exception):
            raise self.answer

    def close(self) -> None:
        self.closed = True


def pytest_runtest_setup() -> None:
    """Keep every test on this machine."""
    socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)


@pytest.fixture
def finding() -> Callable[..., dict[str, Any]]:
    """Return a maker of findings: a denial, with the members that are given instead of its own."""
    return lambda **members: {**copy.deepcopy(FINDING), **members}


@pytest.fixture
def decision() -> Callable[..., dict[str, Any]]:
    """Return a maker of decisions: an allowance, with the members that are given instead of its own."""
    return lambda **members: {**copy.deepcopy(DECISION), **members}


@pytest.fixture
def engine_that() -> Callable[[Any], FakeEngine]:
    """Return a maker of engines that answer with a value, raise an exception, or call a function of the document."""
    return FakeEngine


@pytest.fixture
def request_document() -> dict[str, Any]:
    """Return a CreateJob request as it should be."""
    return copy.deepcopy(REQUEST)


@pytest.fixture
def review() -> Callable[..., dict[str, Any]]:
    """Return a maker of reviews: that a training job be created, with the members of the request that are given."""
    return lambda **members: copy.deepcopy({**REVIEW, "request": {**REVIEW["request"], **members}})


@pytest.fixture
def settings() -> Settings:
    """Return the settings that hold where nobody set anything."""
    return Settings.load(None, {})


@pytest.fixture
def client_of(settings: Settings) -> Callable[..., FlaskClient]:
    """Return a maker of clients: of a service with an engine that answers so, and with settings changed so."""

    def make(answer: object = DECISION, **changes: Any) -> FlaskClient:
        engine = answer if isinstance(answer, FakeEngine) else FakeEngine(answer)
        return create_app(dataclasses.replace(settings, **changes), engine=engine).test_client()

    return make


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the variables that settings are read from."""
    for name in os.environ:
        if name.startswith("SEALGATE_"):
            monkeypatch.delenv(name)
