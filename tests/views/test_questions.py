from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.question_answers import EXPLANATION, POLICIES

from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

BOTH = pytest.mark.parametrize(("path", "answer"), [("/v1/explain", EXPLANATION), ("/v1/policy", POLICIES)])


@BOTH
def test_request_is_answered(
    path: str, answer: dict[str, Any], client_of: Make, request_document: dict[str, Any]
) -> None:
    response = client_of(answer).post(path, json=request_document)
    assert (response.status_code, response.json) == (200, answer)


@BOTH
def test_context_of_the_caller_is_used(
    path: str, answer: dict[str, Any], client_of: Make, engine_that: Make, request_document: dict[str, Any]
) -> None:
    engine = engine_that(answer)
    document = {"subject": {"aws_request": request_document}, "context": {"region": "us-west-2"}}

    client_of(engine, context={"account": "111122223333"}).post(path, json=document)

    assert engine.documents[0]["context"] == {"region": "us-west-2", "account": "111122223333"}
    assert list(engine.documents[0]["parsed"]) == ["/aws_request/parameters/JobConfigDocument"]


def test_question_says_how_policies_are_to_be_written(
    client_of: Make, engine_that: Make, request_document: dict[str, Any]
) -> None:
    engine = engine_that(POLICIES)

    client_of(engine).post("/v1/policy", json={**request_document, "question": {"for_any_job": True}})

    assert engine.documents[0]["question"] == {"for_any_job": True}
    assert engine.entrypoints == ["sealgate/generated_policy"]


@pytest.mark.parametrize(
    ("path", "question"),
    [("/v1/policy", {"for_every_job": True}), ("/v1/policy", 7), ("/v1/explain", {})],
    ids=["unknown member", "no object", "where none is asked"],
)
def test_question_that_is_none_is_refused(
    path: str, question: object, client_of: Make, request_document: dict[str, Any]
) -> None:
    answer = client_of(POLICIES).post(path, json={"subject": {"aws_request": request_document}, "question": question})
    assert answer.status_code == 400


@BOTH
@pytest.mark.parametrize("body", [7, {"parameters": {}}, {}])
def test_body_that_asks_nothing_is_refused(path: str, answer: dict[str, Any], body: object, client_of: Make) -> None:
    assert client_of(answer).post(path, json=body).status_code == 400


@BOTH
def test_what_the_policies_cannot_read_is_refused(
    path: str, answer: dict[str, Any], client_of: Make, request_document: dict[str, Any]
) -> None:
    response = client_of({**answer, "problems": ["it is malformed"]}).post(path, json=request_document)
    assert (response.status_code, response.json["error"]["message"]) == (400, "it is malformed")


@BOTH
def test_engine_failure_is_no_answer(
    path: str, answer: dict[str, Any], client_of: Make, request_document: dict[str, Any]
) -> None:
    for failing in (EngineError("gone"), {"wrong": answer}):
        assert client_of(failing).post(path, json=request_document).status_code == 503
