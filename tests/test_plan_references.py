"""The same job, its key behind each kind of reference, known before the apply or after: the findings are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.engine_fixtures import embedded_engine, input_document
from tests.terraform_scenarios import FAULTS, UNRESOLVED, WAYS, Training

from sealgate import decisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.decisions import Decision
    from sealgate.engines import Engine

Found: TypeAlias = set[tuple[str, str, str, str]]

# Where a dynamic block holds the key, the plan does not show what the block takes it from; the volume's it shows.
HALF_RESOLVED = frozenset({"dynamic block"})
# What gives another's key on is followed to the key, and with it the form of the name is another.
RENAMED = frozenset({"alias's target", "data source"})

# An inference: it is not waited for, and depends on the form in which the key is named.
INFERRED = "SG-CALL-002"

each_way = pytest.mark.parametrize("way", WAYS)
each_fault = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with embedded_engine() as embedded:
        yield embedded


def decided(engine: Engine, training: Training, way: str) -> Decision:
    plan = training.plan(way).document()
    return decisions.decide(engine, input_document({"subject": {"terraform_plan": plan}}))


def found(decision: Decision) -> Found:
    """Return what was found out: what is only not verified is left out."""
    return {
        (finding["rule"], finding["outcome"], finding["subject"], repr(finding["path"]))
        for finding in decision["findings"]
        if finding["outcome"] != "unverified"
    }


def waiting(decision: Decision) -> set[str]:
    """Return the rules that could not be verified."""
    return {
        rule
        for finding in decision["findings"]
        if finding["outcome"] == "unverified"
        for rule in decisions.rule_ids(finding)
    }


def of_job_or_key(found_out: Found) -> Found:
    return {one for one in found_out if not one[2].startswith(("aws_iam_", "data."))}


@each_fault
@each_way
def test_what_is_made_is_judged_as_what_is_there(engine: Engine, way: str, fault: str) -> None:
    there = decided(engine, Training(exists=True, names_key=False, **FAULTS[fault]), way)
    made = decided(engine, Training(exists=False, names_key=False, **FAULTS[fault]), way)
    assert not waiting(there)
    if way in UNRESOLVED | HALF_RESOLVED:
        assert found(made) <= found(there)
        assert {rule for rule, *_ in found(there) - found(made)} - {INFERRED} <= waiting(made)
        assert waiting(made)
    else:
        assert {one for one in found(made) ^ found(there) if one[0] != INFERRED or way not in RENAMED} == set()
        assert made["allowed"] == there["allowed"]
        assert not waiting(made)


@each_fault
@pytest.mark.parametrize("exists", [True, False])
def test_a_document_of_blocks_is_read_before_its_text_is_known(engine: Engine, fault: str, *, exists: bool) -> None:
    training: dict[str, Any] = {"names_key": True, **FAULTS[fault]}
    known = decided(engine, Training(exists=True, **training), "aws_iam_policy_document")
    written = decided(engine, Training(exists=exists, **training), "aws_iam_policy_document")
    assert found(written) == found(known)
    assert not waiting(written)


@each_fault
@pytest.mark.parametrize("way", sorted(WAYS.keys() - {"aws_iam_policy_document"}))
def test_a_role_whose_policy_names_what_is_made_is_no_ground_for_a_denial(engine: Engine, way: str, fault: str) -> None:
    there = decided(engine, Training(exists=True, **FAULTS[fault]), way)
    made = decided(engine, Training(exists=False, **FAULTS[fault]), way)
    assert of_job_or_key(found(made)) <= of_job_or_key(found(there))
    missed = {rule for rule, *_ in of_job_or_key(found(there)) - found(made)}
    assert missed - {INFERRED} <= waiting(made)
    if fault == "none" and there["allowed"]:
        assert made["allowed"]
        assert "SG-CALL-001" in waiting(made)


@each_way
def test_the_whole_question_is_answered_in_the_plan(engine: Engine, way: str) -> None:
    decision = decided(engine, Training(exists=True), way)
    jobs = [checked for checked in decision["checked"] if checked["operation"] == "sagemaker:CreateTrainingJob"]
    assert len(jobs) == 1
    assert not waiting(decision)
    denied = decided(engine, Training(exists=True, **FAULTS["the role may decrypt only"]), way)
    assert "SG-CALL-001" in {rule for rule, *_ in found(denied)}
