"""The forms in which decisions are shown: one module a form, each with `render`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sealgate.decisions import Decision
    from sealgate.errors import SealgateError


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one source (a file, `-` for standard input): a decision, or the error that stands in its place."""

    source: str
    decision: Decision | None = None
    error: SealgateError | None = None

    @property
    def allowed(self) -> bool:
        """Whether there is a decision, and it allows."""
        return self.decision is not None and self.decision["allowed"]
