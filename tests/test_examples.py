"""Every example, through the reader and both engines."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from jsonschema import Draft202012Validator
from tests.engine_fixtures import ROOT, embedded_engine, input_document, opa_engine, opa_server, reported

from sealgate import decisions, resources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engines.conftest import Server

    from sealgate.engines import Engine

Json: TypeAlias = dict[str, Any]

FOLDER = ROOT / "tests/examples"
EXAMPLES = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.glob("*/*/*.json"))}
POLICY_RULES = ("SG-CALL-", "SG-GRANT-", "SG-IAM-")
CATEGORIES = {"AgentRFT": "AgentRFTEvaluation", "AgentRFTEvaluation": "AgentRFT"}

OPENER = build_opener(ProxyHandler({}))


class Example(NamedTuple):
    document: Json
    """The input document as the engines get it."""
    expected: Json


def read(name: str) -> Example:
    content = json.loads(EXAMPLES[name].read_bytes())
    return Example(input_document(content["input"]), content["expect"])


def told(decision: decisions.Decision, expected: Json) -> Json:
    """Return what a decision says, in the form of `expect`.

    Most examples give no policies; the rules that evaluate policies then wait for them, and only examples that are
    about that list them.
    """
    rules = {
        rule: outcome
        for rule, outcome in reported(decision).items()
        if outcome != "unverified" or not rule.startswith(POLICY_RULES) or rule in expected["rules"]
    }
    return {"allowed": decision["allowed"], "rules": rules}


def other_category(name: str) -> str | None:
    """Return the other category of multi-turn RL jobs, where the example is a job of one of the two."""
    if name.startswith(("call/", "grant/", "iam/")):
        return None  # their policies are about one category
    subject = json.loads(EXAMPLES[name].read_bytes())["input"]["subject"]
    given = subject.get("aws_request", {}).get("parameters", {}).get("JobCategory")
    return CATEGORIES.get(given) if isinstance(given, str) else None


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with opa_server() as server:
        yield server


@pytest.fixture(scope="module")
def served(server: Server) -> Iterator[Engine]:
    with opa_engine(server) as engine:
        yield engine


@pytest.fixture(scope="module")
def input_schema() -> Draft202012Validator:
    return Draft202012Validator(resources.schema("input"))


@pytest.fixture(scope="module")
def decision_schema() -> Draft202012Validator:
    return Draft202012Validator(resources.schema("decision"))


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_decision_is_what_the_example_says(
    name: str, embedded: Engine, input_schema: Draft202012Validator, decision_schema: Draft202012Validator
) -> None:
    document, expected = read(name)
    input_schema.validate(document)
    decision = decisions.decide(embedded, document)
    decision_schema.validate(decision)
    assert told(decision, expected) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_engines_decide_alike(name: str, embedded: Engine, served: Engine) -> None:
    document = read(name).document
    assert decisions.canonical(decisions.decide(served, document)) == decisions.canonical(
        decisions.decide(embedded, document)
    )


@pytest.mark.parametrize("name", [name for name in EXAMPLES if other_category(name)])
def test_decision_is_the_same_for_the_other_category(name: str, embedded: Engine) -> None:
    document, expected = read(name)
    other = copy.deepcopy(document)
    other["subject"]["aws_request"]["parameters"]["JobCategory"] = other_category(name)
    decision = decisions.decide(embedded, other)
    assert told(decision, expected) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_policies_call_no_built_in_with_what_it_does_not_take(name: str, server: Server) -> None:
    # In production such a call is undefined, which under `not` looks like a fault, and elsewhere like none.
    request = Request(  # noqa: S310 our own server
        f"{server.url}/v1/data/sealgate/decision?strict-builtin-errors=true",
        data=json.dumps({"input": read(name).document}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with OPENER.open(request, timeout=30) as answer:
            assert isinstance(json.load(answer)["result"]["allowed"], bool)
    except HTTPError as error:
        with error:
            pytest.fail(error.read().decode())


UNREADABLE = {
    "one character more than CreateJob takes": " " * (262_144 - 1) + "{}",
    "the same of pairs of surrogates": '{"Comment": "%s"}' % ("\U0001f511" * 262_144),
    "lists": "[" * 100_000 + "]" * 100_000,
    "objects": '{"OutputDataConfig":' * 10_000 + "{}" + "}" * 10_000,
    "lists that never end": "[" * 262_144,
}


def request_of(text: str) -> Json:
    example = copy.deepcopy(json.loads(EXAMPLES["mtrl/job_config_document_is_read/deny_empty_text.json"].read_bytes()))
    example["input"]["subject"]["aws_request"]["parameters"]["JobConfigDocument"] = text
    return input_document(example["input"])


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_document_that_is_too_long_or_too_deep_is_denied(text: str, embedded: Engine) -> None:
    decision = decisions.decide(embedded, request_of(text))
    assert not decision["allowed"]
    assert reported(decision) == {"SG-MTRL-027": "violation"}


def test_longest_document_is_read(embedded: Engine) -> None:
    decision = decisions.decide(embedded, request_of(" " * (262_144 - 2) + "{}"))
    assert told(decision, {"rules": {}}) == {"allowed": True, "rules": {"SG-MTRL-001": "note"}}
