"""The explanation, by the compiled policies: a row for each call, with the statement that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests import engine_fixtures
from tests.question_cases import CALLER, CASES, CONTEXT, KEY, ROLE, create_job

from sealgate import questions
from sealgate.errors import EngineError, UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.engines import Engine
    from sealgate.questions import Call

NEEDED = {
    "multi-turn RL training": {
        ("the caller", "kms:CreateGrant"),
        ("the caller", "kms:DescribeKey"),
        ("the caller", "sagemaker:CreateJob"),
        ("the execution role", "kms:Decrypt"),
        ("the execution role", "kms:GenerateDataKey"),
        ("the service", "kms:Decrypt"),
        ("the service", "kms:GenerateDataKey"),
    },
    "labeling": {
        ("the execution role", "kms:CreateGrant"),
        ("the execution role", "kms:Decrypt"),
        ("the execution role", "kms:DescribeKey"),
        ("the execution role", "kms:Encrypt"),
        ("the execution role", "kms:GenerateDataKey"),
    },
    "model evaluation": {
        (who, action)
        for who in ("the caller", "the execution role", "the service")
        for action in ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
    },
    "training at rest": {
        ("the execution role", "kms:CreateGrant"),
        ("the execution role", "kms:Encrypt"),
        ("the execution role", "kms:GenerateDataKey"),
    },
}

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Describe",
            "Effect": "Allow",
            "Principal": {"AWS": CALLER},
            "Action": "kms:DescribeKey",
            "Resource": "*",
        },
        {
            "Sid": "Wrong",
            "Effect": "Allow",
            "Principal": {"AWS": ROLE},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {"StringLike": {"kms:ViaService": "ec2.*.amazonaws.com"}},
        },
        {"Sid": "Never", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*"},
    ],
}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engine_fixtures.embedded_engine() as engine:
        yield engine


def calls(engine: Engine, request: dict[str, Any], context: dict[str, Any]) -> list[Call]:
    given = {"subject": {"aws_request": request}, "context": context}
    return questions.explain(engine, engine_fixtures.input_document(given))["calls"]


@pytest.mark.parametrize("case", NEEDED)
def test_every_call_of_the_system_has_a_row(engine: Engine, case: str) -> None:
    request, context = CASES[case]
    rows = calls(engine, request, {**CONTEXT, **context})
    assert {(row["who"], row["action"]) for row in rows} == NEEDED[case]


def test_row_names_the_statement_that_decides_or_came_nearest(engine: Engine) -> None:
    known = {"keys": {KEY: {"policy": POLICY}}, "principals": {ROLE: {"policies": []}, CALLER: {"policies": []}}}
    rows = {(row["call"], row["action"]): row for row in calls(engine, create_job(), {**CONTEXT, **known})}

    allowed = rows["mtrl.caller.describe_key", "kms:DescribeKey"]
    assert (allowed["decision"], allowed["through"]) == ("allowed", "key_policy")
    assert allowed["by"] == {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": "Describe"}
    denied = rows["mtrl.caller.create_write_grant", "kms:CreateGrant"]
    assert (denied["decision"], denied["by"] and denied["by"]["sid"]) == ("denied", "Never")
    missed = rows["mtrl.role.use", "kms:Decrypt"]
    assert (missed["decision"], missed["by"]) == ("denied", None)
    assert "s3.us-west-2.amazonaws.com" in missed["nearest"][0]["reason"]


def test_row_of_a_call_that_depends_on_what_was_not_supplied_says_how_to_supply_it(engine: Engine) -> None:
    rows = calls(engine, create_job(), {"region": "us-west-2"})

    caller = next(row for row in rows if row["call"] == "mtrl.caller.describe_key")
    assert (caller["decision"], caller["principal"]) == ("undecided", None)
    assert caller["missing"][0].get("supply", "").startswith("Say it in the context as caller.arn")
    role = next(row for row in rows if row["call"] == "mtrl.role.use")
    assert role["decision"] == "undecided"
    assert any("get-key-policy" in missing.get("supply", "") for missing in role["missing"])


def test_request_that_cannot_be_read_has_no_explanation(engine: Engine) -> None:
    request = create_job()
    request["parameters"]["JobConfigDocument"] = 7
    with pytest.raises(UnreadableInputError, match="not a string that holds JSON"):
        calls(engine, request, {})


def test_answer_of_another_shape_is_none(engine_that: Callable[..., Any]) -> None:
    with pytest.raises(EngineError, match="not of the shape explanation"):
        questions.explain(engine_that({"allowed": True}), {})
