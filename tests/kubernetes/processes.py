"""Programs that the suite runs: each has a log of its own, and is ended by its process id whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engine_fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# Read before any test takes the variables away.
TOOLS = Path(os.environ.get("SEALGATE_TOOLS", ROOT / ".tools" / "bin"))

STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 40.0
IN_FORCE_WITHIN_S = 15.0
LOG_LINES = 25

RUNNING: list[Program] = []
"""What has been started and not been ended, the oldest first: a failed test shows the end of their logs."""


class Program:
    """A running program. Its output goes to a file; it and its children are a process group of their own."""

    def __init__(
        self, name: str, command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._command = [*_ends_with_us(), *command]
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, also again after it has been ended."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, stdout=output, stderr=subprocess.STDOUT, env=self._env, start_new_session=True
            )
        RUNNING.append(self)

    @property
    def pid(self) -> int:
        """Return the process id, which is that of its group as well."""
        assert self._process is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Return whether it has ended by itself."""
        return self._process is None or self._process.poll() is not None

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once it is ready; fail with the end of its log where it ends before, or takes too long."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not ready():
            assert not self.ended, f"{self.name} has ended:\n{self.log_end()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self.log_end()}"
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program alone, unless it has ended: its process id may be another's then."""
        if not self.ended:
            os.kill(self.pid, number)

    def send_to_all(self, number: signal.Signals) -> None:
        """Send a signal to the program and all of its children, unless it has ended."""
        if not self.ended:
            os.killpg(self.pid, number)

    def stop(self) -> int:
        """Ask it to end, and make it end where it does not; return its exit code."""
        self.send(signal.SIGTERM)
        try:
            return self.wait_for_end()
        except subprocess.TimeoutExpired:
            return self.kill()

    def wait_for_end(self) -> int:
        """Return its exit code once it has ended by itself."""
        assert self._process is not None
        code = self._process.wait(STOPS_WITHIN_S)
        if self in RUNNING:
            RUNNING.remove(self)
        return code

    def kill(self) -> int:
        """End it and its children at once; return its exit code."""
        self.send_to_all(signal.SIGKILL)
        return self.wait_for_end()

    def log_end(self) -> str:
        """Return the last lines that it has written."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once it is so; fail where that takes too long."""
    deadline = time.monotonic() + IN_FORCE_WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "what was waited for has not come about"
        time.sleep(0.02)


def free_port() -> int:
    """Return a port that nobody listens on at 127.0.0.1."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ends_with_us() -> list[str]:
    """Return what ends a program when these tests are killed, where the system has it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig=KILL", "--"] if setpriv else []
