"""The report for people: each subject's verdict, what decides it, and what to change."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sealgate.errors import EngineError
from sealgate.reports import exposure
from sealgate.reports.findings import kind
from sealgate.reports.text import Page, counted, printable, where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sealgate.decisions import Decision, ExceptionUse, Finding
    from sealgate.reports import Report, Result
    from sealgate.reports.text import Style

_INDENT = 2

# With more subjects than this in one input, people look for those that have something wrong.
_MANY = 20
# What so many subjects have in common is said once, with so many of their names.
_COMMON = 3
_NAMED = 5

_WORDS = {"unreadable": "UNREADABLE", "undecided": "NO DECISION"}
_VERDICTS = {
    "allowed": "allowed",
    "accepted": "accepted by the baseline",
    "denied": "denied",
    "unreadable": "unreadable",
    "undecided": "without a decision",
}
_KINDS = {
    "deny": "denial(s)",
    "warn": "warning(s)",
    "unverified": "not verified",
    "advice": "advised",
    "baselined": "in the baseline",
}


def render(report: Report, page: Page) -> str:
    """Return the report on all sources: a block a subject, and one line that sums up.

    Of an input with many subjects, such as a plan, those that are denied come first, what several of them have in
    common is said once, and those of which there is nothing to say are counted. So are inputs in which nothing is
    judged, such as the other objects of a manifest, where there are several.
    """
    passed_over = [result for result in report.results if _is_passed_over(result)]
    several = len(passed_over) > _COMMON
    blocks = [
        block
        for result in report.results
        if not (several and _is_passed_over(result))
        for block in _blocks(result, page)
    ]
    if several:
        blocks.append(_passed_over(passed_over, page))
    return "\n\n".join([*blocks, *_fixed(report, page), _summary(report, page)])


def _is_passed_over(result: Result) -> bool:
    decision = result.decision
    if decision is None or not decision["allowed"] or decision["findings"] or decision["exceptions"]:
        return False
    return not any(checked["operation"] for checked in decision["checked"])


def _passed_over(results: Sequence[Result], page: Page) -> str:
    text = f"{counted(len(results), 'input(s)')} in which nothing is judged: {_named(one.name for one in results)}"
    return page.wrapped(text, label="ALLOWED ", indent=0, style="good")


def _blocks(result: Result, page: Page) -> Iterator[str]:
    decision = result.decision
    if decision is None:
        # The reason stands on standard error, where errors go.
        yield f"{page.paint(_WORDS[_outcome(result)], 'bad')}  {printable(result.name)}"
        return
    subjects = _subjects(decision)
    by_subject: dict[str, list[_Said]] = {subject: [] for subject in subjects}
    for index, finding in enumerate(decision["findings"]):
        by_subject[finding["subject"]].append(_Said(finding, index in result.baselined))
    if len(subjects) > _MANY:
        yield from _of_many(result, by_subject, page)
    else:
        for subject, said in by_subject.items():
            yield _block(result, subject, said, page)
    yield from exposure.changed(result.key_changes or (), page)
    if result.key_changes is None:
        unknown = "who gains and who loses keys could not be told"
        yield page.wrapped(unknown, label="UNKNOWN", indent=0, style="doubtful")
    yield from _remarks(result, decision, page)


class _Said(NamedTuple):
    finding: Finding
    baselined: bool

    @property
    def denies(self) -> bool:
        return self.finding["enforcement"] == "deny"


def _of_many(result: Result, by_subject: Mapping[str, Sequence[_Said]], page: Page) -> Iterator[str]:
    having: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for subject, said in by_subject.items():
        for one in said:
            having[_gist(one)].add(subject)
    common = {gist for gist, subjects in having.items() if len(subjects) >= _COMMON}
    own = {
        subject: [one for one in said if one.denies or _gist(one) not in common] for subject, said in by_subject.items()
    }
    for subject, said in sorted(own.items(), key=lambda item: not any(_fails(one) for one in item[1])):
        if said:
            yield _block(result, subject, said, page)
    told = set()
    for said in by_subject.values():
        for one in said:
            gist = _gist(one)
            if not one.denies and gist in common and gist not in told:
                told.add(gist)
                heading = f"{len(having[gist])} subjects:"
                names = page.wrapped(_named(having[gist]), label=heading, indent=0, style="strong")
                yield "\n".join([names, "", *_finding(one, page)])
    if quiet := sum(not said for said in own.values()):
        word = _painted_word(page, allowed=True)
        yield f"{word}  {counted(quiet, 'other subject(s)')}  ({printable(result.name)})"


def _gist(said: _Said) -> tuple[str, ...]:
    finding = said.finding
    waiting = finding["missing"]["rules"] if "missing" in finding else []
    return finding["rule"], finding["message"], finding["remediation"], *waiting


def _named(subjects: Iterable[str]) -> str:
    names = sorted(subjects)
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])


def _fails(said: _Said) -> bool:
    return said.denies and not said.baselined


def _subjects(decision: Decision) -> list[str]:
    """Return every subject once that a person asked about, or of which there is something to say.

    What was only looked at for the sake of a job, such as the policy of its key, has no operation.
    """
    asked = [checked["subject"] for checked in decision["checked"] if checked["operation"]]
    checked = sorted(asked or {checked["subject"] for checked in decision["checked"]})
    return [*checked, *sorted({finding["subject"] for finding in decision["findings"]} - {*checked})]


def _block(result: Result, subject: str, said: Sequence[_Said], page: Page) -> str:
    return "\n".join([_verdict(result, subject, said, page), *_details(said, page)])


def _verdict(result: Result, subject: str, said: Sequence[_Said], page: Page) -> str:
    if any(_fails(one) for one in said):
        word = _painted_word(page, allowed=False)
    elif any(one.denies for one in said):
        word = page.paint("ACCEPTED", "doubtful")
    else:
        word = _painted_word(page, allowed=True)
    location = result.locate(subject, ())
    place = result.name
    if location is not None:
        place = location.file if location.line is None else f"{location.file}:{location.line}"
    return f"{word}  {page.paint(printable(subject), 'strong')}  ({printable(place)})"


def _painted_word(page: Page, *, allowed: bool) -> str:
    return page.paint("ALLOWED", "good") if allowed else page.paint("DENIED", "bad")


def _details(said: Sequence[_Said], page: Page) -> Iterator[str]:
    """Show what was found out first, then what could not be, and last what was accepted."""
    for one in sorted(said, key=lambda one: (one.baselined, one.finding["outcome"] == "unverified")):
        yield ""
        if one.baselined:
            text = f"{one.finding['message']} ({one.finding['rule']})"
            yield page.wrapped(text, label="BASELINE", indent=_INDENT, style="quiet")
        else:
            yield from _finding(one, page)


def _finding(said: _Said, page: Page) -> Iterator[str]:
    finding = said.finding
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


def _remarks(result: Result, decision: Decision, page: Page) -> Iterator[str]:
    """Say what stands beside the findings: exceptions, notes, and a verdict that no subject carries."""
    source = printable(result.name)
    said = [_Said(finding, index in result.baselined) for index, finding in enumerate(decision["findings"])]
    if not _subjects(decision):
        yield f"{_painted_word(page, allowed=decision['allowed'])}  {source}: nothing in it was judged"
    elif not decision["allowed"] and not result.allowed_apart_from_baseline and not any(map(_fails, said)):
        yield f"{_painted_word(page, allowed=False)}  {source}: not all of it was judged"
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


def _fixed(report: Report, page: Page) -> Iterator[str]:
    """Say what the baseline accepts, and nobody found any more."""
    if report.baseline is None or not report.baseline.fixed:
        return
    lines = [
        page.wrapped(f"{entry['message']} ({entry['rule']})", label=printable(entry["subject"]), indent=_INDENT)
        for entry in report.baseline.fixed
    ]
    heading = f"No longer found; `--write-baseline {printable(report.baseline.source)}` forgets it:"
    yield "\n".join([page.paint(heading, "good"), *lines])


def _summary(report: Report, page: Page) -> str:
    verdicts = Counter(_outcome(result) for result in report.results)
    findings = Counter(
        "baselined" if index in result.baselined else kind(found)
        for result in report.results
        if result.decision
        for index, found in enumerate(result.decision["findings"])
    )
    parts = [
        ", ".join(counted(counts[name], words) for name, words in of.items() if counts[name])
        for counts, of in ((verdicts, _VERDICTS), (findings, _KINDS))
    ]
    if report.baseline is not None and report.baseline.fixed:
        parts.append(f"{len(report.baseline.fixed)} fixed")
    text = "; ".join(part for part in parts if part)
    if report.strict and not report.passed and all(_outcome(result) == "allowed" for result in report.results):
        text += "; with --strict they fail"
    return page.paint(f"{counted(len(report.results), 'input(s)')}: {text}", "strong")


def _outcome(result: Result) -> str:
    if result.decision is None:
        return "undecided" if isinstance(result.error, EngineError) else "unreadable"
    if result.allowed:
        return "allowed"
    return "accepted" if result.passed(strict=False) else "denied"
