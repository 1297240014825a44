"""Measure a decision on the embedded engine and on an OPA server, and how long the command line takes to start.

Usage: python benchmarks/engines.py [FILE]

FILE is an input document in JSON, or a list of them; without it, the CreateJob request of the demonstration. Both
engines take turns in one run. Exits with 1 where a target is missed.
"""

# ruff: noqa: INP001, S603, T201 a script that runs our own programs and prints what it measures

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sealgate import decisions, engines
from sealgate.engines import EngineSettings
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.engines import Engine

ROOT = Path(__file__).resolve().parents[1]
REQUEST = ROOT / "demo" / "good.json"
CONTEXT = ROOT / "demo" / "context.json"
THREADS = (1, 8)
ROUNDS = 5
CALLS_A_ROUND = 400
STARTS = 10
LARGEST_SHARE_OF_OPA = 0.5
LONGEST_START_S = 0.5
SERVER_START_S = 30


@dataclass
class Measured:
    """How long each call took, in seconds, and how long all of them together."""

    calls: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def median_ms(self) -> float:
        """Return how many milliseconds half of the calls stayed under."""
        return statistics.median(self.calls) * 1000

    @property
    def p99_ms(self) -> float:
        """Return how many milliseconds 99 of 100 calls stayed under."""
        return statistics.quantiles(self.calls, n=100)[98] * 1000

    @property
    def a_second(self) -> float:
        """Return how many calls were made in a second, by all threads together."""
        return len(self.calls) / self.elapsed


def main() -> int:
    """Print what was measured; return 1 where a target is missed."""
    inputs = documents(sys.argv[1:])
    with tempfile.TemporaryDirectory() as cache, opa_server() as url:
        settings = EngineSettings(timeout_s=30, cache_dir=Path(cache) / "engine", opa_url=url)
        compared = {
            "embedded": engines.build(settings),
            "OPA server": engines.build(EngineSettings(kind="opa", timeout_s=30, opa_url=url)),
        }
        shares = [compare(compared, inputs, threads) for threads in THREADS]
        for engine in compared.values():
            engine.close()
        first, start = starts(Path(cache) / "starts")
    print(f"\ncommand line, first start on a machine: {first:.2f} s; later ones, median of {STARTS}: {start:.2f} s\n")
    return judge(
        (f"embedded takes at most {LARGEST_SHARE_OF_OPA:.0%} of the server's median, 1 thread", shares[0],
         LARGEST_SHARE_OF_OPA, "{:.0%}"),
        (f"the command line starts within {LONGEST_START_S} s", start, LONGEST_START_S, "{:.2f} s"),
    )  # fmt: skip


def documents(arguments: list[str]) -> list[dict[str, Any]]:
    """Return the input documents to decide on."""
    if arguments:
        given = json.loads(Path(arguments[0]).read_bytes())
        return given if isinstance(given, list) else [given]
    return [
        decisions.build_document(
            {"aws_request": json.loads(REQUEST.read_bytes())},
            settings=Settings.load(None, {}).policy,
            context=json.loads(CONTEXT.read_bytes()),
            now=datetime.now(UTC),
            context_from_caller=[],
        )
    ]


def compare(compared: dict[str, Engine], inputs: list[dict[str, Any]], threads: int) -> float:
    """Let the engines take turns, print a line for each, and return the first's median as a share of the second's."""
    measured = {name: Measured() for name in compared}
    with ThreadPoolExecutor(threads) as pool:
        for engine in compared.values():
            measure(pool, engine, inputs, threads, Measured())
        for _ in range(ROUNDS):
            for name, engine in compared.items():
                measure(pool, engine, inputs, threads, measured[name])
    print(f"\n{threads} thread{'s' if threads > 1 else ''}{'median':>17}{'99th':>10}{'a second':>11}")
    for name, of in measured.items():
        print(f"{name:<12}{of.median_ms:>10.2f} ms{of.p99_ms:>7.2f} ms{of.a_second:>11.0f}")
    embedded, server = measured.values()
    share = embedded.median_ms / server.median_ms
    print(f"{'share':<12}{share:>13.0%}{embedded.p99_ms / server.p99_ms:>10.0%}")
    return share


def measure(
    pool: ThreadPoolExecutor, engine: Engine, inputs: list[dict[str, Any]], threads: int, measured: Measured
) -> None:
    """Add one round of decisions, made by `threads` at once."""

    def work(_: int) -> list[float]:
        took = []
        for call in range(CALLS_A_ROUND // threads):
            started = time.perf_counter()
            engine.evaluate(inputs[call % len(inputs)])
            took.append(time.perf_counter() - started)
        return took

    started = time.perf_counter()
    for took in pool.map(work, range(threads)):
        measured.calls += took
    measured.elapsed += time.perf_counter() - started


def starts(cache: Path) -> tuple[float, float]:
    """Return how many seconds `sealgate check` takes the first time, and in the median afterwards."""
    command: list[str | Path] = [Path(sys.executable).with_name("sealgate"), "check", "--context", CONTEXT, REQUEST]
    took = []
    for _ in range(1 + STARTS):
        started = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=os.environ | {"XDG_CACHE_HOME": str(cache)})
        took.append(time.perf_counter() - started)
    return took[0], statistics.median(took[1:])


def judge(*targets: tuple[str, float, float, str]) -> int:
    """Print what became of each target: its name, what was reached, what was to be, and how to write both."""
    missed = 0
    for name, reached, most, form in targets:
        missed += reached > most
        print(f"{'missed' if reached > most else 'reached'}: {name} ({form.format(reached)})")
    return min(missed, 1)


@contextmanager
def opa_server() -> Iterator[str]:
    """Run an OPA server with the policies meanwhile; give its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
    options = [f"--addr={host}:{port}", "--log-level=error", "--skip-version-check", "--ignore=*_test.rego"]
    server = subprocess.Popen([ROOT / ".tools/bin/opa", "run", "--server", *options, "--bundle", ROOT / "policies"])
    try:
        # It listens once it has loaded the policies.
        deadline = time.monotonic() + SERVER_START_S
        while not listens(host, port):
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit("the OPA server did not start")
            time.sleep(0.05)
        yield f"http://{host}:{port}"
    finally:
        server.kill()
        server.wait()


def listens(host: str, port: int) -> bool:
    """Return whether a server takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


if __name__ == "__main__":
    sys.exit(main())
