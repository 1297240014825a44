"""The generated policies, by the compiled policies: put into the context, they allow what they were written for."""

from __future__ import annotations

import copy
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests import engine_fixtures
from tests.question_cases import CALLER, CASES, CONTEXT, KEY, OTHER_KEY, ROLE, ROOT, create_job, labeling

from sealgate import questions
from sealgate.errors import EngineError, UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.engines import Engine
    from sealgate.questions import Explanation, GeneratedPolicies, Policy, Question

SCOPES: dict[str, Question] = {
    "this job": {},
    "any job": {"for_any_job": True},
    "no conditions": {"minimal_conditions": True},
}


def document_of(*statements: Policy) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with engine_fixtures.embedded_engine() as engine:
        yield engine


def document(request: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    given = {"subject": {"aws_request": request}, "context": {**CONTEXT, **context}}
    return engine_fixtures.input_document(given)


def with_policies(context: dict[str, Any], policies: GeneratedPolicies) -> dict[str, Any]:
    """Return the context as it would be with the policies in place, and nothing else."""
    principals: dict[str, Any] = {}
    for policy in policies["identity_policies"]:
        principals[policy["principal"]] = {"policies": [{"document": policy["document"]}]}
    for arn in (ROLE, CALLER, *context.get("invoking_principals", ()), context.get("agent_runtime_role", ROLE)):
        principals.setdefault(arn, {"policies": []})
    keys = {policy["key"]: {"policy": document_of(*policy["statements"])} for policy in policies["key_policies"]}
    return {**context, "keys": keys, "principals": principals}


def explained(engine: Engine, request: dict[str, Any], context: dict[str, Any]) -> Explanation:
    return questions.explain(engine, document(request, context))


def refused(explanation: Explanation) -> set[tuple[str, str, str | None]]:
    return {
        (call["call"], call["action"], call["principal"])
        for call in explanation["calls"]
        if call["decision"] != "allowed"
    }


def without_each_action(policies: GeneratedPolicies) -> Iterator[GeneratedPolicies]:
    """Yield the policies with one action of one statement taken out, for each of them."""
    places = [("key_policies", index) for index in range(len(policies["key_policies"]))]
    places += [("identity_policies", index) for index in range(len(policies["identity_policies"]))]
    for kind, index in places:
        for position, statement in enumerate(statements_at(policies, kind, index)):
            for action in [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]:
                fewer = copy.deepcopy(policies)
                statements = statements_at(fewer, kind, index)
                left = [one for one in statements[position]["Action"] if one != action]
                if isinstance(statement["Action"], str) or not left:
                    del statements[position]
                else:
                    statements[position]["Action"] = left
                yield fewer


def statements_at(policies: GeneratedPolicies, kind: str, index: int) -> list[Policy]:
    if kind == "key_policies":
        return policies["key_policies"][index]["statements"]
    statements: list[Policy] = policies["identity_policies"][index]["document"]["Statement"]
    return statements


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("case", CASES)
class TestEachSystem:
    def test_its_calls_are_allowed_with_the_policies_in_place(self, engine: Engine, case: str, scope: str) -> None:
        request, context = CASES[case]
        policies = questions.generate(engine, document(request, context), SCOPES[scope])

        assert (policies["verified"], policies["minimal"], policies["unmet"]) == (True, True, [])
        explanation = explained(engine, request, with_policies(context, policies))
        assert explanation["calls"]
        assert refused(explanation) == set()

    def test_no_action_of_the_policies_can_be_left_out(self, engine: Engine, case: str, scope: str) -> None:
        request, context = CASES[case]
        policies = questions.generate(engine, document(request, context), SCOPES[scope])

        fewer = list(without_each_action(policies))
        assert fewer
        for one in fewer:
            one["identity_policies"] = [
                policy for policy in one["identity_policies"] if policy["document"]["Statement"]
            ]
            assert refused(explained(engine, request, with_policies(context, one)))


@pytest.mark.parametrize("case", CASES)
class TestMerging:
    def test_keeps_the_statements_and_adds_what_is_missing(self, engine: Engine, case: str) -> None:
        request, context = CASES[case]
        key = questions.generate(engine, document(request, context), {})["key_policies"][0]["key"]
        account = key.split(":")[4]
        root = {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}

        policies = questions.generate(engine, document(request, context), {"merge": document_of(root), "key": key})

        assert policies["verified"]
        assert policies["minimal"]
        merged = next(policy["merged"] for policy in policies["key_policies"] if policy["key"] == key)
        assert merged is not None
        assert merged["Statement"][0] == root
        sids = [statement["Sid"] for statement in merged["Statement"]]
        assert len(set(sids)) == len(sids)

    def test_adds_nothing_a_second_time(self, engine: Engine, case: str) -> None:
        request, context = CASES[case]
        key = questions.generate(engine, document(request, context), {})["key_policies"][0]["key"]
        first = questions.generate(engine, document(request, context), {"merge": document_of(ROOT), "key": key})
        merged = next(policy["merged"] for policy in first["key_policies"] if policy["key"] == key)
        assert merged is not None
        known = with_policies(context, first)
        del known["keys"]

        second = questions.generate(engine, document(request, known), {"merge": merged, "key": key})

        again = next(policy for policy in second["key_policies"] if policy["key"] == key)
        assert (again["statements"], again["merged"]) == ([], merged)


def test_iterative_job_has_wildcards_that_its_predecessor_fits(engine: Engine) -> None:
    request, context = CASES["multi-turn RL training, iterative"]
    policies = questions.generate(engine, document(request, context), {})
    arns = {
        pattern
        for statement in policies["key_policies"][0]["statements"]
        for tests in statement["Condition"].values()
        for key, pattern in tests.items()
        if key.startswith("kms:EncryptionContext:")
    }
    assert arns == {"arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/*"}


@pytest.mark.parametrize("case", CASES)
def test_describe_key_stands_under_no_condition_that_it_does_not_have(engine: Engine, case: str) -> None:
    request, context = CASES[case]
    policies = questions.generate(engine, document(request, context), {"for_any_job": True})
    found = [statement for policy in policies["key_policies"] for statement in policy["statements"]]
    found += [statement for policy in policies["identity_policies"] for statement in policy["document"]["Statement"]]
    for statement in found:
        if "kms:DescribeKey" in statement["Action"]:
            keys = {key for tests in statement.get("Condition", {}).values() for key in tests}
            assert keys <= {"kms:ViaService", "kms:CallerAccount", "aws:SourceArn"}


def test_deny_that_no_statement_overcomes_is_named(engine: Engine) -> None:
    deny = {"Sid": "Never", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*"}
    policies = questions.generate(engine, document(create_job(), {}), {"merge": document_of(ROOT, deny)})

    assert not policies["verified"]
    assert [(call["call"], call["decision"]) for call in policies["unmet"]] == [
        ("mtrl.caller.create_write_grant", "denied")
    ]
    assert "Never" in policies["unmet"][0]["reason"]


def test_key_policy_of_one_of_several_keys_is_completed_alone(engine: Engine) -> None:
    asked = document(labeling(KEY, OTHER_KEY), {})
    with pytest.raises(UnreadableInputError, match="say which key's policy is to be completed"):
        questions.generate(engine, asked, {"merge": document_of(ROOT)})

    policies = questions.generate(engine, asked, {"merge": document_of(ROOT), "key": OTHER_KEY})

    assert {policy["key"]: policy["merged"] is not None for policy in policies["key_policies"]} == {
        KEY: False,
        OTHER_KEY: True,
    }


def test_malformed_key_policy_is_not_completed(engine: Engine) -> None:
    with pytest.raises(UnreadableInputError, match="malformed at /Statement/0"):
        questions.generate(engine, document(create_job(), {}), {"merge": document_of({"Effect": "Allow"})})


def test_request_that_cannot_be_read_gets_no_policies(engine: Engine) -> None:
    request = create_job()
    request["parameters"]["JobConfigDocument"] = "{"
    with pytest.raises(UnreadableInputError, match="the text ends before the document does"):
        questions.generate(engine, document(request, {}), {})


def test_both_engines_write_the_same_policies(engine: Engine) -> None:
    with engine_fixtures.opa_server() as server, engine_fixtures.opa_engine(server) as opa, closing(opa):
        for request, context in CASES.values():
            asked = document(request, context)
            written = [questions.generate(one, asked, {}) for one in (engine, opa)]
            assert written[0] == written[1]
            calls = [questions.explain(one, asked) for one in (engine, opa)]
            assert calls[0] == calls[1]


def test_answer_of_another_shape_is_none(engine_that: Callable[..., Any]) -> None:
    with pytest.raises(EngineError, match="not of the shape generated_policy"):
        questions.generate(engine_that({"verified": True}), {}, {})


def test_question_goes_to_its_own_entry_point(engine: Engine, engine_that: Callable[..., Any]) -> None:
    answer = json.loads(json.dumps(questions.generate(engine, document(create_job(), {}), {})))
    fake = engine_that(answer)

    assert questions.generate(fake, {"subject": {}}, {"for_any_job": True}) == answer

    assert fake.entrypoints == ["sealgate/generated_policy"]
    assert fake.documents == [{"subject": {}, "question": {"for_any_job": True}}]
