"""A denial, for the person whose request it was: what is wrong and what to do, as the message of an error of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealgate.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealgate.decisions import Decision, Finding

_MOST_TOLD = 10


def message(decision: Decision) -> str:
    """Return what denies: a line for each finding, with its fix, its page and its rule."""
    return told("denied by sealgate", [found for found in decision["findings"] if found["enforcement"] == "deny"])


def told(heading: str, findings: Sequence[Finding]) -> str:
    """Return a heading and the findings, a line each; a subject that nothing was found on is told by the heading."""
    lines = [_line(found) for found in findings[:_MOST_TOLD]]
    if len(findings) > _MOST_TOLD:
        lines.append(f"and {len(findings) - _MOST_TOLD} more")
    return "\n".join([f"{heading}:", *lines] if lines else [heading])


def _line(found: Finding) -> str:
    return printable(
        f"{found['rule']}: {found['message']}. Fix: {found['remediation'].rstrip('.')}. See: {found['reference']}"
    )
