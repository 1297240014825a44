"""The two programs that are compared: an independent simulator of IAM, and the policies' own evaluator."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from tests.npm_packages import installed

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPA = ROOT / ".tools" / "bin" / "opa"
LIB = ROOT / "policies" / "sealgate" / "lib"
BATCH = 250


class Simulator(Protocol):
    def __call__(self, simulations: list[dict[str, Any]]) -> list[dict[str, Any]]: ...


class Evaluator(Protocol):
    def __call__(self, cases: list[dict[str, Any]]) -> list[dict[str, Any]]: ...


def evaluate(rule: str, document: dict[str, Any]) -> Any:
    """Return the value of a rule of answers.rego for an input document."""
    command = [
        *(str(OPA), "eval", "--format=json", "--strict-builtin-errors", "--stdin-input"),
        *("--data", str(LIB / "wildcard")),
        *("--data", str(LIB / "iam"), "--data", str(LIB / "value"), "--data", str(HERE / "answers.rego")),
        *("--ignore", "*_test.rego"),
        f"data.sealgate_oracle.{rule}",
    ]
    done = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[:2000] + done.stderr
    return json.loads(done.stdout)["result"][0]["expressions"][0]["value"]


@pytest.fixture(scope="session")
def evaluator() -> Evaluator:
    def answers(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
        batches = [cases[start : start + BATCH] for start in range(0, len(cases), BATCH)]
        with ThreadPoolExecutor(max_workers=2) as pool:
            found = [answer for batch in pool.map(_batch, batches) for answer in batch]
        assert len(found) == len(cases)
        return found

    return answers


def _batch(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = evaluate("answers", {"cases": cases})
    return answers


@pytest.fixture(scope="session")
def problems() -> Evaluator:
    return lambda documents: evaluate("problems", {"documents": documents})


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    folder = installed(HERE / "package.json", purpose="the simulator")
    process = subprocess.Popen(
        ["node", str(HERE / "simulate.mjs"), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    source, sink = process.stdout, process.stdin

    def answers(simulations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for simulation in simulations:
            sink.write(json.dumps(simulation) + "\n")
            sink.flush()
            found.append(json.loads(source.readline()))
        return found

    yield answers
    sink.close()
    process.wait(timeout=30)
    source.close()
