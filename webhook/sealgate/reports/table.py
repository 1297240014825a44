"""The report for people: each subject's verdict, what decides it, and what to change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sealgate.errors import EngineError
from sealgate.reports.text import Page, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealgate.decisions import Decision, ExceptionUse, Finding, Path
    from sealgate.reports import Result
    from sealgate.reports.text import Style

_INDENT = 2

_WORDS = {"unreadable": "UNREADABLE", "undecided": "NO DECISION"}
_VERDICTS = {"allowed": "allowed", "denied": "denied", "unreadable": "unreadable", "undecided": "without a decision"}
_KINDS = {"deny": "denial(s)", "warn": "warning(s)", "unverified": "not verified", "advice": "advised"}


def render(results: Sequence[Result], page: Page) -> str:
    """Return the report on all sources: a block a subject, and one line that sums up."""
    blocks = [block for result in results for block in _blocks(result, page)]
    return "\n\n".join([*blocks, _summary(results, page)])


def where(path: Path) -> str:
    """Return a path as people write it: `JobConfigDocument → OutputDataConfig.KmsKeyArn`, `Tags[2].Key`.

    The arrow leads into a document that is itself a string: AWS names such members ...Document.
    """
    text = ""
    into_document = False
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f"{(' → ' if into_document else '.') if text else ''}{step}"
        into_document = isinstance(step, str) and step.endswith("Document")
    return text


def _blocks(result: Result, page: Page) -> Iterator[str]:
    decision = result.decision
    if decision is None:
        # The reason stands on standard error, where errors go.
        yield f"{page.paint(_WORDS[_outcome(result)], 'bad')}  {printable(result.source)}"
        return
    for subject in _subjects(decision):
        findings = [finding for finding in decision["findings"] if finding["subject"] == subject]
        yield "\n".join([_verdict(subject, findings, result.source, page), *_details(findings, page)])
    yield from _remarks(result.source, decision, page)


def _subjects(decision: Decision) -> list[str]:
    """Return every subject once that a person asked about, or of which there is something to say.

    What was only looked at for the sake of a job, such as the policy of its key, has no operation.
    """
    asked = [checked["subject"] for checked in decision["checked"] if checked["operation"]]
    checked = sorted(asked or {checked["subject"] for checked in decision["checked"]})
    return [*checked, *sorted({finding["subject"] for finding in decision["findings"]} - {*checked})]


def _verdict(subject: str, findings: Sequence[Finding], source: str, page: Page) -> str:
    denied = any(finding["enforcement"] == "deny" for finding in findings)
    return (
        f"{_painted_word(page, allowed=not denied)}  {page.paint(printable(subject), 'strong')}  ({printable(source)})"
    )


def _painted_word(page: Page, *, allowed: bool) -> str:
    return page.paint("ALLOWED", "good") if allowed else page.paint("DENIED", "bad")


def _details(findings: Sequence[Finding], page: Page) -> Iterator[str]:
    """Show what was found out first, then what could not be."""
    for finding in sorted(findings, key=lambda finding: finding["outcome"] == "unverified"):
        yield ""
        yield from _finding(finding, page)


def _finding(finding: Finding, page: Page) -> Iterator[str]:
    label, style = _label(finding)
    yield page.wrapped(finding["message"], label=label, indent=_INDENT, style=style)
    members = {
        "where:": where(finding["path"]),
        "fix:": finding["remediation"],
        "see:": finding["reference"],
        "rule:": ", ".join(finding["missing"]["rules"])
        if "missing" in finding
        else f"{finding['rule']} ({finding['severity']})",
    }
    for name, text in members.items():
        if text:
            yield page.wrapped(text, label=f"{name:<6}", indent=_INDENT + 7, style="quiet")


def _label(finding: Finding) -> tuple[str, Style]:
    if finding["enforcement"] == "deny":
        return "DENY  ", "bad"
    return ("ADVICE", "quiet") if finding["outcome"] == "advice" else ("WARN  ", "doubtful")


def _remarks(source: str, decision: Decision, page: Page) -> Iterator[str]:
    """Say what stands beside the findings: exceptions, notes, and a verdict that no subject carries."""
    if not _subjects(decision):
        yield f"{_painted_word(page, allowed=decision['allowed'])}  {printable(source)}: nothing in it was judged"
    elif not decision["allowed"] and not any(finding["enforcement"] == "deny" for finding in decision["findings"]):
        yield f"{_painted_word(page, allowed=False)}  {printable(source)}: not all of it was judged"
    lines = [page.wrapped(_exception(use), label="EXCEPTION", indent=_INDENT) for use in decision["exceptions"]]
    lines += [
        page.wrapped(f"{note['message']} ({note['rule']})", label="NOTE  ", indent=_INDENT, style="quiet")
        for note in decision["notes"]
    ]
    if lines:
        yield "\n".join(lines)


def _exception(use: ExceptionUse) -> str:
    became = {
        "applied": f"applied, until {use['expires']}",
        "unused": "matches nothing here",
        "expired": f"no longer honoured: it expired on {use['expires']}",
        "no clock": "not honoured: the input names no time to hold its expiry against",
        "unreadable expiry": f"not honoured: {use['expires']} is no date",
    }[use["status"]]
    return f"{use['rule']} for {use['subject']}: {became}. {use['reason']}"


def _summary(results: Sequence[Result], page: Page) -> str:
    verdicts = Counter(_outcome(result) for result in results)
    findings = Counter(_kind(found) for result in results if result.decision for found in result.decision["findings"])
    parts = [
        ", ".join(_counted(counts[kind], name) for kind, name in names.items() if counts[kind])
        for counts, names in ((verdicts, _VERDICTS), (findings, _KINDS))
    ]
    text = "; ".join(part for part in parts if part)
    return page.paint(f"{_counted(len(results), 'input(s)')}: {text}", "strong")


def _counted(count: int, name: str) -> str:
    return f"{count} {name.replace('(s)', '' if count == 1 else 's')}"


def _outcome(result: Result) -> str:
    if result.decision is None:
        return "undecided" if isinstance(result.error, EngineError) else "unreadable"
    return "allowed" if result.allowed else "denied"


def _kind(finding: Finding) -> str:
    if finding["enforcement"] == "deny":
        return "deny"
    return "warn" if finding["outcome"] == "violation" else finding["outcome"]
