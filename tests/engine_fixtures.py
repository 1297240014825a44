"""The policies as they are shipped, on both engines, and the input documents that they are asked about."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.engines.conftest import Server

from sealgate import decisions, resources
from sealgate.engines.embedded import EmbeddedEngine
from sealgate.engines.opa import OpaEngine
from sealgate.reading import plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]

NOW = "2026-06-30T12:00:00Z"
"""The time of a decision whose input says none."""

TIMEOUT_S = 30.0


@contextmanager
def embedded_engine() -> Iterator[EmbeddedEngine]:
    """Run the compiled policies in this process."""
    wasm, data = resources.compiled("sealgate.wasm"), resources.compiled("data.json")
    with closing(EmbeddedEngine(wasm=wasm, data=data, timeout_s=TIMEOUT_S)) as engine:
        yield engine


@contextmanager
def opa_server() -> Iterator[Server]:
    """Run an OPA server with the policies' sources."""
    server = Server("--bundle", ROOT / "policies", "--ignore", "*_test.rego")
    try:
        yield server.wait()
    finally:
        server.stop()


@contextmanager
def opa_engine(server: Server) -> Iterator[OpaEngine]:
    """Ask an OPA server."""
    with closing(OpaEngine(url=server.url, timeout_s=TIMEOUT_S)) as engine:
        yield engine


def input_document(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole input document for what a user gives: with the time, and with what the reader reads.

    A plan is cut as the reader cuts it. What is given as `parsed` stays: an empty one is the input of an OPA server
    that nobody reads for.
    """
    subject = given["subject"]
    if "terraform_plan" in subject:
        subject = {"terraform_plan": plans.read_value(subject["terraform_plan"])}
    built = decisions.build_document(
        subject,
        settings=given.get("settings", {}),
        context=given.get("context", {}),
        now=datetime.fromisoformat(given.get("now", NOW)),
        context_from_caller=[],
    )
    return {**built, "parsed": given.get("parsed", built["parsed"])}


def reported(decision: decisions.Decision) -> dict[str, str]:
    """Return what each rule reports, the most that it reports: a violation, unverified, advice or a note."""
    found = [(note["rule"], "note") for note in decision["notes"]]
    for outcome in ("advice", "unverified", "violation"):
        for finding in decision["findings"]:
            if finding["outcome"] == outcome:
                ids = finding["missing"]["rules"] if "missing" in finding else [finding["rule"]]
                found += [(rule, outcome) for rule in ids]
    return dict(found)
