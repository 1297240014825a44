"""The forms in which decisions are shown: one module a form, each with `render`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sealgate.origins import Locate, nowhere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sealgate.baseline import Entry
    from sealgate.decisions import Decision, Excepted
    from sealgate.errors import SealgateError
    from sealgate.questions import KeyChange
    from sealgate.reading.places import Path as Place


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one source (a file, `<stdin>` for standard input): a decision, or the error in its place."""

    source: str
    place: Place = ()
    """Of a source with several inputs, where in it this one stands: the number of its document, and steps in that."""
    decision: Decision | None = None
    error: SealgateError | None = None
    locate: Locate = nowhere
    """Where the subjects and their members stand."""
    baselined: frozenset[int] = frozenset()
    """Which of the decision's findings, by their positions, a baseline accepts."""
    allowed_apart_from_baseline: bool = False
    """Whether the engine allows but for what the baseline accepts."""
    excepted: Sequence[Excepted] = ()
    """The findings that exceptions keep out of the decision."""
    key_changes: Sequence[KeyChange] | None = ()
    """Who gains and who loses keys by a plan; None where that could not be told."""

    @property
    def name(self) -> str:
        """What it is called: the source, and which of the inputs in it."""
        if not self.place:
            return self.source
        number, *steps = self.place
        items = "".join(f", item {step + 1}" for step in steps if isinstance(step, int))
        return f"{self.source}, document {int(number) + 1}{items}"

    @property
    def allowed(self) -> bool:
        """Whether there is a decision, and it allows."""
        return self.decision is not None and self.decision["allowed"]

    def passed(self, *, strict: bool) -> bool:
        """Whether nothing in it fails the run. When it is strict every finding does that is not in the baseline."""
        if self.decision is None or not (self.allowed or self.allowed_apart_from_baseline):
            return False
        return not any(
            strict or finding["enforcement"] == "deny"
            for index, finding in enumerate(self.decision["findings"])
            if index not in self.baselined
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What became of a baseline."""

    source: str
    """The file that it was read from, or is written to."""
    accepted: int
    """How many findings it accepts."""
    fixed: Sequence[Entry] | None
    """What it accepts and nobody found any more; None where an input without a decision may still have it."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What there is to show of a run."""

    results: Sequence[Result]
    now: datetime | None = None
    """When it was decided."""
    strict: bool = False
    baseline: Comparison | None = None
    exit_code: int = 0

    @property
    def passed(self) -> bool:
        """Whether no input fails the run."""
        return all(result.passed(strict=self.strict) for result in self.results)
