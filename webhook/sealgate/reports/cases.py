"""A run as tests: a case for each subject and each rule that judged it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sealgate import resources
from sealgate.reports import findings, problem
from sealgate.reports.text import printable, where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealgate.reports import Report, Result
    from sealgate.reports.findings import Shown

Status: TypeAlias = Literal["passed", "warned", "skipped", "failed", "error"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What one rule says of one subject.

    warned: there is something to say, and it does not fail the run. skipped: it could not be verified, or it was
    accepted. error: there is no decision. `lines` say what and why, one thing a line, and are printable.
    """

    subject: str
    name: str
    status: Status
    kind: str = ""
    """A word for why it did not pass."""
    message: str = ""
    lines: Sequence[str] = ()


def of_report(report: Report) -> list[list[Case]]:
    """Return the cases of each result, ordered by subject and rule."""
    titles = {rule["id"]: rule["title"] for rule in resources.rules()}
    return [
        list(_of_result(result, shown, titles, strict=report.strict))
        for result, shown in zip(report.results, findings.of_report(report), strict=True)
    ]


def _of_result(result: Result, shown: Sequence[Shown], titles: dict[str, str], *, strict: bool) -> Iterator[Case]:
    if result.decision is None:
        described = problem.describe(result.error)
        place = f" (line {described['line']})" if "line" in described else ""
        message = printable(f"{described['message']}{place}")
        yield Case(
            subject=printable(result.name),
            name="there is a decision",
            status="error",
            kind=str(described["type"]),
            message=message,
            lines=[message],
        )
        return
    found: dict[tuple[str, str], list[Shown]] = {
        (checked["subject"], rule): [] for checked in result.decision["checked"] for rule in checked["rules"]
    }
    for one in shown:
        for rule in one.rules:
            found.setdefault((one.finding["subject"], rule), []).append(one)
    for (subject, rule), said in sorted(found.items()):
        yield _case(subject, f"{rule} {titles.get(rule, '')}".strip(), said)
    if not result.passed(strict=strict) and not any(one.failing for one in shown):
        message = "not all of it was judged"
        name = "every subject is judged"
        source = printable(result.name)
        yield Case(subject=source, name=name, status="failed", kind="not_judged", message=message, lines=[message])


def _case(subject: str, name: str, said: Sequence[Shown]) -> Case:
    first = next((one for status in _FIRST for one in said if _status(one) == status), None)
    if first is None:
        return Case(subject=printable(subject), name=printable(name), status="passed")
    return Case(
        subject=printable(subject),
        name=printable(name),
        status=_status(first),
        kind=_why(first),
        message=printable(_reason(first)),
        lines=[printable(line) for one in said for line in _lines(one)],
    )


_FIRST: Sequence[Status] = ("failed", "warned", "skipped")


def _status(shown: Shown) -> Status:
    if shown.failing:
        return "failed"
    return "skipped" if shown.accepted or shown.kind == "unverified" else "warned"


def _why(shown: Shown) -> str:
    if shown.exception is not None:
        return "excepted"
    return "baselined" if shown.baselined else shown.finding["outcome"]


def _reason(shown: Shown) -> str:
    if shown.exception is not None:
        return f"excepted until {shown.exception['expires']}: {shown.exception['reason']}"
    return f"in the baseline: {shown.finding['message']}" if shown.baselined else shown.finding["message"]


def _lines(shown: Shown) -> Iterator[str]:
    finding = shown.finding
    yield f"{finding['outcome']}: {finding['message']}"
    if shown.accepted:
        yield f"accepted: {_reason(shown)}"
    if finding["path"]:
        yield f"where: {where(finding['path'])}"
    if finding["remediation"]:
        yield f"fix: {finding['remediation']}"
    if finding["reference"]:
        yield f"see: {finding['reference']}"
    if shown.location is not None:
        line = "" if shown.location.line is None else f":{shown.location.line}"
        yield f"file: {shown.location.file}{line}"
