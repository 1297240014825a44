"""Check one documented CreateJob request and five wrong ones, on the command line and through the running service.

Exits with 1 where a verdict is not the expected one.
"""

# ruff: noqa: INP001 a script in a folder of examples

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
SEALGATE = [sys.executable, "-m", "sealgate"]
EXPECTED = {
    "good.json": True,
    "alias.json": False,
    "multi_region.json": False,
    "other_region.json": False,
    "wrong_member.json": False,
    "not_json.json": False,
}
# The service runs on this machine: no proxy stands in between.
OPENER = build_opener(ProxyHandler({}))
START_SECONDS = 30


def main() -> int:
    """Run the demonstration and return its exit code."""
    context = json.loads((HERE / "context.json").read_bytes())
    failures = on_the_command_line()
    say("\nThe same requests, posted to the service (sealgate serve, POST /v1/validate)\n")
    with service() as address:
        for name, allowed in EXPECTED.items():
            request = json.loads((HERE / name).read_bytes())
            decision = post(f"{address}/v1/validate", {"subject": {"aws_request": request}, "context": context})
            failures += judged(name, decision, allowed=allowed)
            say(f"  {name:<19} {told(decision)}")
    say("\nEvery verdict is as expected." if not failures else "\nUnexpected:\n  " + "\n  ".join(failures))
    return 1 if failures else 0


def on_the_command_line() -> list[str]:
    """Show the table of `sealgate check`, then hold its JSON and its exit codes against what is expected."""
    say(f"$ sealgate check --context context.json {' '.join(EXPECTED)}\n")
    run("table", *EXPECTED, shown=True)
    failures: list[str] = []
    for name, allowed in EXPECTED.items():
        code, output = run("json", name)
        failures += judged(name, json.loads(output)["results"][0].get("decision", {}), allowed=allowed)
        if code != (0 if allowed else 1):
            failures.append(f"{name}: exit code {code}")
    return failures


def run(form: str, *names: str, shown: bool = False) -> tuple[int, str]:
    """Run `sealgate check` on files of this folder; return its exit code and, unless shown, its output."""
    command = [*SEALGATE, "check", "--context", "context.json", "--output", form, *names]
    done = subprocess.run(command, cwd=HERE, stdout=None if shown else subprocess.PIPE, text=True, check=False)  # noqa: S603 our own program
    return done.returncode, done.stdout or ""


@contextmanager
def service() -> Iterator[str]:
    """Run `sealgate serve` on a free port of this machine, and yield its address once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "SEALGATE_LOG_LEVEL": "warning"}
    process = subprocess.Popen([*SEALGATE, "serve", "--port", str(port)], cwd=HERE, env=environment)  # noqa: S603 our own program
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once /readyz says that a decision can be had; exit where it does not in time."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with OPENER.open(f"{address}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    sys.exit("the service did not become ready")


def post(url: str, body: object) -> dict[str, Any]:
    """Return the JSON answer to a POST, whatever its status."""
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 our own service
    try:
        with OPENER.open(request, timeout=30) as answer:
            return dict(json.load(answer))
    except HTTPError as error:
        return dict(json.load(error))


def judged(name: str, decision: dict[str, Any], *, allowed: bool) -> list[str]:
    """Return what is unexpected about a decision, as a list of at most one sentence."""
    given = decision.get("allowed")
    return [] if given is allowed else [f"{name}: allowed is {given}, expected {allowed}"]


def told(decision: dict[str, Any]) -> str:
    """Return a decision in a line: the verdict and the first reason for it."""
    if "allowed" not in decision:
        return f"no decision: {decision}"
    denials = [finding for finding in decision["findings"] if finding["enforcement"] == "deny"]
    return f"denied by {denials[0]['rule']}: {denials[0]['message']}" if denials else "allowed"


def say(text: str) -> None:
    """Print at once: the programs that are started print to the same terminal."""
    print(text, flush=True)  # noqa: T201 this is what a demonstration does


if __name__ == "__main__":
    sys.exit(main())
