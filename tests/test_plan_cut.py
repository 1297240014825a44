"""What the reader leaves out of a plan changes no verdict: the decision on the whole is the one on the cut."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine_fixtures import ROOT, embedded_engine, input_document, opa_engine, opa_server
from tests.terraform_expressions import Ref
from tests.terraform_plans import Call, Module, Output, Plan, Variable, data, resource
from tests.terraform_scenarios import FAULTS, WAYS, Training

from sealgate import decisions
from sealgate.errors import UnreadableInputError
from sealgate.reading import plans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sealgate.engines import Engine

PUBLIC = ROOT.parent / "shared/data/plans"
OURS = ROOT / "tests/plans"


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def served() -> Iterator[Engine]:
    with opa_server() as server, opa_engine(server) as engine:
        yield engine


def decided(engine: Engine, plan: dict[str, Any]) -> str:
    return decisions.canonical(decisions.decide(engine, input_document({"subject": {"terraform_plan": plan}})))


def cut(plan: dict[str, Any]) -> dict[str, Any]:
    left = plans.read(bytearray(json.dumps(plan).encode()))
    assert left is not None
    return left


def noisy(module: Module, *, before: int, after: int) -> Module:
    """Return the module among others that have nothing to do with keys, some of which it could be told to need."""
    web = Module(
        variables={"subnet": Variable(default="subnet-1", description="where"), "unused": Variable(default={"a": [1]})},
        resources=[
            resource("aws_instance", "web", {"ami": "ami-1", "instance_type": "t3.micro"}, count=3),
            data("aws_ssm_parameter", "ami", {"name": "/ami"}, state={"value": "ami-1", "id": "/ami"}),
        ],
        outputs={"ids": Output(value=Ref("aws_instance.web[*].id")), "subnet": Output(value=Ref("var.subnet"))},
    )
    label = Module(variables={"name": Variable()}, outputs={"id": Output(value=Ref("var.name"))})
    fleet = Module(calls={"web": Call(module=web, for_each={"a": 1, "b": 2})})
    early = [resource("aws_instance", f"a{number}", {"ami": "ami-1"}) for number in range(before)]
    late = [resource("terraform_data", f"z{number}", {"input": Ref("module.label.id")}) for number in range(after)]
    return Module(
        resources=[*early, *module.resources, *late],
        variables=module.variables,
        locals=module.locals,
        outputs={**module.outputs, "label": Output(value=Ref("module.label.id"))},
        calls={
            "a_fleet": Call(module=fleet),
            **module.calls,
            "label": Call(module=label, arguments={"name": "x"}),
            "z_fleet": Call(module=fleet, count=2),
        },
    )


def files() -> list[Path]:
    return [*sorted(OURS.glob("*.json")), *(sorted(PUBLIC.glob("*.json")))]


def plans_in(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the plans that stand in a value at any depth."""
    if isinstance(content, dict):
        if isinstance(content.get("resource_changes"), list):
            yield content
        else:
            for value in content.values():
                yield from plans_in(value)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_of_every_plan_there_is(path: Path, embedded: Engine, served: Engine) -> None:
    for plan in plans_in(json.loads(path.read_bytes())):
        try:
            left = cut(plan)
        except UnreadableInputError:
            # What the reader refuses is never judged.
            continue
        assert decided(embedded, left) == decided(embedded, plan)
        assert decided(served, left) == decided(embedded, plan)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    way=st.sampled_from(sorted(WAYS)),
    fault=st.sampled_from(sorted(FAULTS)),
    exists=st.booleans(),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
)
def test_of_any_plan_that_can_be_written(  # noqa: PLR0913, PLR0917 each is drawn
    embedded: Engine,
    way: str,
    fault: str,
    exists: bool,  # noqa: FBT001 drawn
    before: int,
    after: int,
) -> None:
    written = Training(exists=exists, **FAULTS[fault]).plan(way)
    whole = Plan(root=noisy(written.root, before=before, after=after)).document()
    left = cut(whole)
    assert len(json.dumps(left)) < len(json.dumps(whole))
    assert len(left["resource_changes"]) < len(whole["resource_changes"])
    assert decided(embedded, left) == decided(embedded, whole)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_of_plans_that_somebody_trimmed(embedded: Engine, data: st.DataObject) -> None:
    """Any part that a plan may do without is taken away before it is cut."""
    way = data.draw(st.sampled_from(sorted(WAYS)))
    whole = Training(exists=data.draw(st.booleans())).plan(way).document()
    trimmed = copy.deepcopy(whole)
    for name in data.draw(st.sets(st.sampled_from(sorted(whole.keys() - {"resource_changes"})), max_size=4)):
        del trimmed[name]
    configuration = trimmed.get("configuration", {})
    if configuration and data.draw(st.booleans()):
        del configuration[data.draw(st.sampled_from(sorted(configuration)))]
    assert decided(embedded, cut(trimmed)) == decided(embedded, trimmed)
