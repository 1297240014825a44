"""What the service counts, in a registry that belongs to one app."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sealgate.decisions import rule_ids
from sealgate.errors import EngineError, EngineFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from sealgate.context.calls import Call
    from sealgate.decisions import Decision
    from sealgate.serving.certificates import Certificates

# From a small request to what an API server waits for a webhook, by default of our chart and of Kubernetes.
_BUCKETS = (0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10, 60)


class _Expiries(Collector):
    """When certificates expire: the same in all processes, and looked up when somebody asks."""

    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates

    def collect(self) -> Iterator[Metric]:
        """Yield the one metric."""
        family = GaugeMetricFamily(
            "sealgate_certificate_expiry_timestamp_seconds",
            "When the certificates in use expire: the service's own (leaf), the first to expire of the CAs above it "
            "(ca), and of those of its clients (client_ca).",
            labels=["certificate"],
        )
        for name, expiry in self._certificates.expiries().items():
            family.add_metric([name], expiry)
        yield family


class Metrics:
    """The counters of one app.

    Where several worker processes serve (PROMETHEUS_MULTIPROC_DIR is set), `exposition` adds up all of them.
    """

    def __init__(self, certificates: Certificates | None = None) -> None:
        self._registry = CollectorRegistry()
        self._decisions = Counter(
            "sealgate_decisions",
            "Decisions by surface and verdict: allowed, denied or no_decision.",
            ["surface", "verdict"],
            registry=self._registry,
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
            "sealgate_decision_duration_seconds",
            "Time until there was a decision, or until it was clear that there is none.",
            ["surface"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._failures = Counter(
            "sealgate_engine_failures",
            "Times that the engine gave no decision: for want of time or memory, unreachable, by an answer that is no "
            "decision, or by another failure.",
            ["kind"],
            registry=self._registry,
        )
        for kind in get_args(EngineFailure):
            self._failures.labels(kind)
        self._in_flight = Gauge(
            "sealgate_requests_in_flight",
            "Requests that are being answered.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._policies = Gauge(
            "sealgate_policies_info",
            "1 for the version of the policies that decided last.",
            ["version"],
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._aws_calls = Counter(
            "sealgate_aws_calls",
            "Calls to AWS by the code of their error, or OK.",
            ["service", "operation", "code"],
            registry=self._registry,
        )
        self._aws_seconds = Histogram(
            "sealgate_aws_call_duration_seconds",
            "Time until AWS answered a call.",
            ["service", "operation"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._aws_throttles = Counter(
            "sealgate_aws_throttles",
            "Calls that AWS refused because there were too many.",
            ["service", "operation"],
            registry=self._registry,
        )
        self._aws_cache = Counter(
            "sealgate_aws_cache",
            "Facts of AWS that were wanted: a hit was there, or had been asked for already; a miss was asked for.",
            ["kind", "result"],
            registry=self._registry,
        )
        self._version: str | None = None
        self._files = CollectorRegistry()
        if certificates is not None:
            failures = Counter(
                "sealgate_certificate_reload_failures",
                "Times that changed certificates could not be used, so that the earlier ones stayed.",
                registry=self._registry,
            )
            certificates.on_failure = failures.inc
            self._files.register(_Expiries(certificates))

    def observe(self, surface: str, outcome: Decision | EngineError, seconds: float) -> None:
        """Count a decision, or the failure that stands in its place, and the seconds that it took."""
        self._seconds.labels(surface).observe(seconds)
        if isinstance(outcome, EngineError):
            self._failures.labels(outcome.kind).inc()
            self._decisions.labels(surface, "no_decision").inc()
            return
        self._decisions.labels(surface, "allowed" if outcome["allowed"] else "denied").inc()
        for finding in outcome["findings"]:
            for rule in rule_ids(finding):
                self._findings.labels(rule, finding["outcome"], finding["enforcement"]).inc()
        self._remember(outcome["version"]["policies"])

    def request_began(self) -> None:
        """Count a request as being answered."""
        self._in_flight.inc()

    def request_ended(self) -> None:
        """Count a request as answered."""
        self._in_flight.dec()

    def gateway_request(self, surface: str, outcome: str) -> None:
        """Count a request that a gateway asked about."""
        self._gateway.labels(surface, outcome).inc()

    def aws_call(self, call: Call, code: str, seconds: float, *, throttled: bool) -> None:
        """Count a call to AWS, and the seconds that it took."""
        self._aws_calls.labels(call.service, call.operation, code).inc()
        self._aws_seconds.labels(call.service, call.operation).observe(seconds)
        if throttled:
            self._aws_throttles.labels(call.service, call.operation).inc()

    def aws_cache(self, call: Call, *, hit: bool) -> None:
        """Count a fact of AWS that was wanted."""
        self._aws_cache.labels(call.kind, "hit" if hit else "miss").inc()

    def exposition(self) -> bytes:
        """Return every metric in Prometheus' text format."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(self._files)

    def _remember(self, version: str) -> None:
        """Show the version that decides now, and that an earlier one no longer does."""
        if version == self._version:
            return
        if self._version is not None:
            self._policies.labels(self._version).set(0)
        self._policies.labels(version).set(1)
        self._version = version
