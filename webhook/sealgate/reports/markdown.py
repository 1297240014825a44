"""Markdown for comments on a pull request and for GitHub's step summaries."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sealgate.reports import exposure, findings, problem
from sealgate.reports.text import counted, printable, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealgate.reports import Report
    from sealgate.reports.findings import Shown

# GitHub takes comments of 65,536 characters.
_MOST_CHARACTERS = 60_000

_WORDS = {"deny": "Deny", "warn": "Warn", "unverified": "Not verified", "advice": "Advice"}
_COUNTED = {"deny": "denial(s)", "warn": "warning(s)", "unverified": "not verified", "advice": "advised"}
_ORDER = tuple(_WORDS)

# What Markdown or HTML gives a meaning within a line, as references to characters: those never mark anything up. The
# empty comments keep a name from being a mention, a number from being an issue, and an address from being a link.
_REFERENCES = {
    **{character: f"&#{ord(character)};" for character in "\\`*_[]<>|~&$"},
    "@": "@<!-- -->",
    "#": "#<!-- -->",
}
_ADDRESSES = {"://": ":<!-- -->//", "www.": "www<!-- -->."}


def render(report: Report) -> str:
    """Return a heading with the verdict, a line of counts and a table of what was found, the worst first.

    What was accepted is only counted. It is cut, with a line that says so, where a comment could not hold it.
    """
    shown = [one for of_result in findings.of_report(report) for one in of_result]
    open_ones = sorted((one for one in shown if not one.accepted), key=lambda one: _ORDER.index(one.kind))
    parts = [
        f"## sealgate: {'passed' if report.passed else 'failed'}",
        _counts(report, shown),
        *_problems(report),
    ]
    if open_ones:
        parts.append("\n".join(_table(open_ones)))
    parts += _key_changes(report)
    parts += _fixed(report)
    return "\n\n".join(parts)


def _counts(report: Report, shown: Sequence[Shown]) -> str:
    kinds: Counter[str] = Counter(one.kind for one in shown if not one.accepted)
    counts = [counted(len(report.results), "input(s)")]
    counts += [counted(kinds[kind], word) for kind, word in _COUNTED.items() if kinds[kind]]
    baselined = sum(one.baselined for one in shown)
    excepted = sum(one.exception is not None for one in shown)
    counts += [f"{baselined} in the baseline"] if baselined else []
    counts += [f"{excepted} excepted"] if excepted else []
    return ", ".join(counts)


def _problems(report: Report) -> Iterator[str]:
    lines = []
    for result in report.results:
        if result.decision is None:
            described = problem.describe(result.error)
            word = str(described["type"]).replace("_", " ")
            lines.append(f"- **{word.capitalize()}:** {_code(result.name)}: {_text(str(described['message']))}")
        elif not result.allowed and not any(
            finding["enforcement"] == "deny" for finding in result.decision["findings"]
        ):
            lines.append(f"- **Denied:** {_code(result.name)}: not all of it was judged")
    if lines:
        yield "\n".join(lines)


def _table(shown: Sequence[Shown]) -> Iterator[str]:
    yield "| | Subject | Finding | Rule |"
    yield "|---|---|---|---|"
    characters = 0
    for index, one in enumerate(shown):
        row = _row(one)
        characters += len(row)
        if characters > _MOST_CHARACTERS:
            yield f"| | | {len(shown) - index} more findings are not shown | |"
            return
        yield row


def _row(shown: Shown) -> str:
    finding = shown.finding
    subject = [_code(finding["subject"])]
    if finding["path"]:
        subject.append(_code(where(finding["path"])))
    if shown.location is not None:
        line = "" if shown.location.line is None else f":{shown.location.line}"
        subject.append(_code(f"{shown.location.file}{line}"))
    said = [_text(finding["message"]), f"**Fix:** {_text(finding['remediation'])}" if finding["remediation"] else ""]
    rules = ", ".join(_text(rule) for rule in shown.rules)
    if finding["reference"].startswith("https://"):
        rules = f"[{rules}](<{finding['reference'].translate(_IN_TARGET)}>)"
    cells = (_WORDS[shown.kind], "<br>".join(subject), "<br>".join(part for part in said if part), rules)
    return f"| {' | '.join(cells)} |"


_IN_TARGET = {ord(character): f"%{ord(character):02X}" for character in "<>|\\ \n\r\t`"}


def _key_changes(report: Report) -> Iterator[str]:
    lines = [
        f"- {_code(change['key'])}: {word} {_text(exposure.who(one))}: {_text(exposure.actions(one['actions']))}"
        for result in report.results
        for change in result.key_changes or ()
        for word, holders in (("gained by", change["gained"]), ("lost by", change["lost"]))
        for one in holders
    ]
    if lines:
        more = [f"- and {len(lines) - _MOST_CHANGES} more"] if len(lines) > _MOST_CHANGES else []
        yield "\n".join(["Who gains and who loses keys:", "", *lines[:_MOST_CHANGES], *more])


_MOST_CHANGES = 40


def _fixed(report: Report) -> Iterator[str]:
    if report.baseline is None or not report.baseline.fixed:
        return
    fixed = report.baseline.fixed
    lines = [f"- {_text(entry['rule'])} {_code(entry['subject'])}" for entry in fixed[:_MOST_FIXED]]
    more = [f"- and {len(fixed) - _MOST_FIXED} more"] if len(fixed) > _MOST_FIXED else []
    yield "\n".join(["Fixed since the baseline was written:", "", *lines, *more])


_MOST_FIXED = 20


def _text(text: str) -> str:
    escaped = "".join(_REFERENCES.get(character, character) for character in printable(text))
    for address, broken in _ADDRESSES.items():
        escaped = escaped.replace(address, broken)
    return escaped


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"
