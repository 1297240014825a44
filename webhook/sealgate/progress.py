"""A bar on the terminal for who waits, and nothing for anybody else."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.progress import Progress as Bar

PATIENCE_S: Final = 1.0
"""How long nothing is shown, in seconds."""


class Progress:
    """Shows on standard error, where it is a terminal, what is done and how much of it, after a second.

    With one input, of which nobody knows how long it takes, the bar only moves. The bar has a thread of its own: most
    of the time goes by in libraries that tell nothing.
    """

    def __init__(self, inputs: int) -> None:
        self._inputs = inputs
        self._done = -1
        self._doing = ""
        self._bar: Bar | None = None
        self._ended = False
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        """Begin to wait."""
        if sys.stderr.isatty():
            self._timer = threading.Timer(PATIENCE_S, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._bar is not None:
                self._bar.stop()

    def begin(self, source: str) -> None:
        """Say that another input is next."""
        with self._lock:
            self._done += 1
        self.says(f"reading {source}")

    def says(self, doing: str) -> None:
        """Say what is done now."""
        with self._lock:
            self._doing = doing
            self._update()

    def _show(self) -> None:
        with self._lock:
            if self._ended:
                return
            # Only who waits for long waits for this as well.
            from rich.console import Console  # noqa: PLC0415 imported where it is used: start-up stays short
            from rich.progress import Progress as Bar  # noqa: PLC0415 imported where it is used: start-up stays short

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=None)
            self._update()
            self._bar.start()

    def _update(self) -> None:
        if self._bar is not None:
            several = self._inputs > 1
            self._bar.update(
                self._bar.task_ids[0],
                description=self._doing,
                total=self._inputs if several else None,
                completed=self._done if several else 0,
            )
