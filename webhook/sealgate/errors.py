"""What can go wrong outside of a verdict: input that can't be read, settings that can't be used, no decision."""

from __future__ import annotations

from typing import Literal, TypeAlias

EngineFailure: TypeAlias = Literal["timeout", "memory", "unreachable", "answer", "failure"]
"""Why an engine gave no decision: out of time or memory, not there, an answer that is none, or anything else."""


class SealgateError(Exception):
    """The root of sealgate's own errors. Its text is written for the person who runs sealgate."""


class UnreadableInputError(SealgateError):
    """What was given is no input that sealgate reads: exit code 2, HTTP 400.

    `source` names the file or member it came from; `line` and `column` count from 1, where the text has a position.
    """

    def __init__(
        self, message: str, *, source: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Return `source:line:column: message`, as compilers write it."""
        position = [str(part) for part in (self.source, self.line, self.column) if part is not None]
        return f"{':'.join(position)}: {self.message}" if position else self.message


class SettingsError(SealgateError):
    """The settings can't be used: exit code 2; the service does not start."""


class EngineError(SealgateError):
    """The engine gave no decision: exit code 3, HTTP 503, a denial at admission. Never an allowance."""

    def __init__(self, message: str, *, kind: EngineFailure = "failure") -> None:
        super().__init__(message)
        self.kind: EngineFailure = kind
