from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate.errors import EngineError
from sealgate.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Make: TypeAlias = "Callable[..., Any]"


def lines(metrics: Metrics) -> set[str]:
    return set(metrics.exposition().decode().splitlines())


def test_a_decision_is_counted_by_surface_and_verdict(decision: Make) -> None:
    metrics = Metrics()

    metrics.observed("validate", decision)
    metrics.observed("validate", lambda: decision(allowed=False))
    metrics.observed("plan", lambda: decision(allowed=False))

    assert {
        'sealgate_decisions_total{allowed="true",surface="validate"} 1.0',
        'sealgate_decisions_total{allowed="false",surface="validate"} 1.0',
        'sealgate_decisions_total{allowed="false",surface="plan"} 1.0',
        "sealgate_decision_seconds_count 3.0",
    } <= lines(metrics)


def test_findings_are_counted_by_rule_outcome_and_enforcement(decision: Make, finding: Make) -> None:
    metrics = Metrics()

    metrics.observed("validate", lambda: decision(findings=[finding(), finding(), finding(enforcement="warn")]))

    assert {
        'sealgate_findings_total{enforcement="deny",outcome="violation",rule="SG-MTRL-002"} 2.0',
        'sealgate_findings_total{enforcement="warn",outcome="violation",rule="SG-MTRL-002"} 1.0',
    } <= lines(metrics)


def test_a_failing_engine_is_counted_and_stays_a_failure() -> None:
    metrics = Metrics()

    def fail() -> Any:
        raise EngineError("too slow")

    with pytest.raises(EngineError, match="too slow"):
        metrics.observed("validate", fail)

    assert "sealgate_engine_failures_total 1.0" in lines(metrics)
    assert "sealgate_decision_seconds_count 0.0" in lines(metrics)


def test_the_version_that_decided_last_is_shown(decision: Make) -> None:
    metrics = Metrics()

    for version in ("one", "one", "two"):
        metrics.observed("validate", lambda: decision(version={"policies": version, "schema": 1}))  # noqa: B023 called at once

    assert {
        'sealgate_policies_info{version="one"} 0.0',
        'sealgate_policies_info{version="two"} 1.0',
    } <= lines(metrics)


def test_two_apps_do_not_share_their_counts(decision: Make) -> None:
    first, second = Metrics(), Metrics()

    first.observed("validate", decision)

    assert "sealgate_decision_seconds_count 0.0" in lines(second)


def test_several_processes_are_added_up(tmp_path: Path) -> None:
    program = (
        "import os\n"
        "from sealgate.metrics import Metrics\n"
        "metrics = Metrics()\n"
        "child = os.fork()\n"
        "metrics.observed('validate', lambda: {'allowed': True, 'findings': [], 'version': {'policies': 'one'}})\n"
        "if child:\n"
        "    os.waitpid(child, 0)\n"
        "    print(metrics.exposition().decode())\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert 'sealgate_decisions_total{allowed="true",surface="validate"} 2.0' in done.stdout
    assert 'sealgate_policies_info{version="one"} 1.0' in done.stdout
