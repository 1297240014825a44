from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

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

    metrics.observe("validate", decision(), 0.004)
    metrics.observe("validate", decision(allowed=False), 0.004)
    metrics.observe("admit", decision(allowed=False), 2.5)
    metrics.observe("admit", EngineError("gone"), 0.1)

    assert {
        'sealgate_decisions_total{surface="validate",verdict="allowed"} 1.0',
        'sealgate_decisions_total{surface="validate",verdict="denied"} 1.0',
        'sealgate_decisions_total{surface="admit",verdict="denied"} 1.0',
        'sealgate_decisions_total{surface="admit",verdict="no_decision"} 1.0',
    } <= lines(metrics)


def test_the_time_of_a_decision_is_observed_by_surface(decision: Make) -> None:
    metrics = Metrics()

    metrics.observe("validate", decision(), 0.004)
    metrics.observe("admit", decision(), 2.5)

    assert {
        'sealgate_decision_duration_seconds_bucket{le="0.0025",surface="validate"} 0.0',
        'sealgate_decision_duration_seconds_bucket{le="0.005",surface="validate"} 1.0',
        'sealgate_decision_duration_seconds_bucket{le="2.0",surface="admit"} 0.0',
        'sealgate_decision_duration_seconds_bucket{le="3.0",surface="admit"} 1.0',
        'sealgate_decision_duration_seconds_sum{surface="admit"} 2.5',
    } <= lines(metrics)


def test_findings_are_counted_by_rule_outcome_and_enforcement(decision: Make, finding: Make) -> None:
    metrics = Metrics()
    waiting = finding(
        outcome="unverified", enforcement="warn", missing={"part": "x", "rules": ["SG-KEY-004", "SG-KEY-005"]}
    )

    metrics.observe("validate", decision(findings=[finding(), finding(), finding(enforcement="warn"), waiting]), 0.1)

    assert {
        'sealgate_findings_total{enforcement="deny",outcome="violation",rule="SG-MTRL-002"} 2.0',
        'sealgate_findings_total{enforcement="warn",outcome="violation",rule="SG-MTRL-002"} 1.0',
        'sealgate_findings_total{enforcement="warn",outcome="unverified",rule="SG-KEY-004"} 1.0',
        'sealgate_findings_total{enforcement="warn",outcome="unverified",rule="SG-KEY-005"} 1.0',
    } <= lines(metrics)


def test_a_failing_engine_is_counted_by_what_failed() -> None:
    metrics = Metrics()

    metrics.observe("validate", EngineError("too slow", kind="timeout"), 2)
    metrics.observe("validate", EngineError("a bug"), 0.1)

    assert {
        'sealgate_engine_failures_total{kind="timeout"} 1.0',
        'sealgate_engine_failures_total{kind="failure"} 1.0',
        'sealgate_engine_failures_total{kind="unreachable"} 0.0',
    } <= lines(metrics)


def test_requests_are_counted_while_they_are_answered() -> None:
    metrics = Metrics()

    metrics.request_began()
    metrics.request_began()
    metrics.request_ended()

    assert "sealgate_requests_in_flight 1.0" in lines(metrics)


def test_the_version_that_decided_last_is_shown(decision: Make) -> None:
    metrics = Metrics()

    for version in ("one", "one", "two"):
        metrics.observe("validate", decision(version={"policies": version, "schema": 1}), 0.1)

    assert {
        'sealgate_policies_info{version="one"} 0.0',
        'sealgate_policies_info{version="two"} 1.0',
    } <= lines(metrics)


def test_two_apps_do_not_share_their_counts() -> None:
    first, second = Metrics(), Metrics()

    first.request_began()

    assert "sealgate_requests_in_flight 0.0" in lines(second)


def test_several_processes_are_added_up(tmp_path: Path) -> None:
    program = (
        "import os\n"
        "from sealgate.metrics import Metrics\n"
        "metrics = Metrics()\n"
        "child = os.fork()\n"
        "metrics.observe('validate', {'allowed': True, 'findings': [], 'version': {'policies': 'one'}}, 0.1)\n"
        "metrics.request_began()\n"
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

    assert 'sealgate_decisions_total{surface="validate",verdict="allowed"} 2.0' in done.stdout
    assert "sealgate_requests_in_flight 2.0" in done.stdout
    assert 'sealgate_policies_info{version="one"} 1.0' in done.stdout
