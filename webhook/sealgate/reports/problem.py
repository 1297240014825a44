"""An error, for a program: the same members in the JSON report and in HTTP answers."""

from __future__ import annotations

from sealgate.errors import EngineError, SealgateError, UnreadableInputError


def describe(error: SealgateError | None) -> dict[str, str | int]:
    """Return `type` and `message`; for unreadable input `source`, `line` and `column` too, where they are known.

    None stands for a decision that is missing without a reason.
    """
    if error is None:
        return {"type": "no_decision", "message": "there is no decision"}
    if isinstance(error, UnreadableInputError):
        position = {"source": error.source, "line": error.line, "column": error.column}
        known = {name: part for name, part in position.items() if part is not None}
        return {"type": "unreadable_input", "message": error.message, **known}
    return {"type": "no_decision" if isinstance(error, EngineError) else "wrong_settings", "message": str(error)}
