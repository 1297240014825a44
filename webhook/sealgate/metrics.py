"""What the service counts, in a registry that belongs to one app."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealgate.decisions import Decision

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The counters of one app.

    Where several worker processes serve (PROMETHEUS_MULTIPROC_DIR is set), `exposition` adds up all of them.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._decisions = Counter(
            "sealgate_decisions", "Decisions by surface and verdict.", ["surface", "allowed"], registry=self._registry
        )
        self._findings = Counter(
            "sealgate_findings",
            "Findings of the decisions.",
            ["rule", "outcome", "enforcement"],
            registry=self._registry,
        )
        self._gateway = Counter(
            "sealgate_gateway_requests",
            "Requests that gateways asked about: passed without a verdict, allowed, denied, unreadable or undecided.",
            ["surface", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "sealgate_decision_seconds", "Time that a decision took.", registry=self._registry, buckets=_BUCKETS
        )
        self._failures = Counter(
            "sealgate_engine_failures", "Times that the engine gave no decision.", registry=self._registry
        )
        self._policies = Gauge(
            "sealgate_policies_info",
            "1 for the version of the policies that decided last.",
            ["version"],
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._version: str | None = None

    def observed(self, surface: str, decide: Callable[[], Decision]) -> Decision:
        """Return the decision of `decide`, counted and timed. An EngineError is counted and passes through."""
        started = time.perf_counter()
        try:
            decision = decide()
        except EngineError:
            self._failures.inc()
            raise
        self._seconds.observe(time.perf_counter() - started)
        self._decisions.labels(surface, str(decision["allowed"]).lower()).inc()
        for finding in decision["findings"]:
            self._findings.labels(finding["rule"], finding["outcome"], finding["enforcement"]).inc()
        self._remember(decision["version"]["policies"])
        return decision

    def gateway_request(self, surface: str, outcome: str) -> None:
        """Count a request that a gateway asked about."""
        self._gateway.labels(surface, outcome).inc()

    def exposition(self) -> bytes:
        """Return every metric in Prometheus' text format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)

    def _remember(self, version: str) -> None:
        """Show the version that decides now, and that an earlier one no longer does."""
        if version == self._version:
            return
        if self._version is not None:
            self._policies.labels(self._version).set(0)
        self._policies.labels(version).set(1)
        self._version = version
