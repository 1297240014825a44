"""The findings of a run, each with all that the forms for programs say of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from sealgate import fingerprints
from sealgate.decisions import rule_ids
from sealgate.origins import STANDARD_INPUT, Location, shown_path

if TYPE_CHECKING:
    from sealgate.decisions import ExceptionUse, Finding
    from sealgate.reports import Report, Result

Kind: TypeAlias = Literal["deny", "warn", "unverified", "advice"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A finding of a result."""

    finding: Finding
    source: str
    fingerprint: str
    """The finding's own, and its number among those of the run that have the same: unlike any other's."""
    location: Location | None
    """Where it stands: at least the file of the input, None for standard input."""
    baselined: bool = False
    exception: ExceptionUse | None = None
    """The exception that keeps it out of the decision."""
    failing: bool = False
    """Whether it fails the run."""

    @property
    def accepted(self) -> bool:
        """Whether somebody has accepted it."""
        return self.baselined or self.exception is not None

    @property
    def rules(self) -> list[str]:
        """The rules that say it: several where they wait for the same part of the context."""
        return rule_ids(self.finding)

    @property
    def kind(self) -> Kind:
        """What it does to the verdict, and else what it is."""
        return kind(self.finding)


def kind(finding: Finding) -> Kind:
    """Return what a finding does to the verdict; of what only warns, what it is."""
    if finding["enforcement"] == "deny":
        return "deny"
    return "warn" if finding["outcome"] == "violation" else finding["outcome"]


def of_report(report: Report) -> list[list[Shown]]:
    """Return the findings of each result, those that exceptions cover last."""
    listed = [_of_result(result, strict=report.strict) for result in report.results]
    every = [shown for of_result in listed for shown in of_result]
    # The number depends on what is found, not on the order in which inputs were named.
    every.sort(key=lambda shown: (shown.fingerprint, shown.finding["message"], shown.source))
    seen: Counter[str] = Counter()
    numbers: dict[int, str] = {}
    for shown in every:
        seen[shown.fingerprint] += 1
        numbers[id(shown)] = f"{shown.fingerprint}:{seen[shown.fingerprint]}"
    return [[_numbered(shown, numbers[id(shown)]) for shown in of_result] for of_result in listed]


def file_of(result: Result) -> str | None:
    """Return the file of a result as it is shown, None for standard input."""
    return None if result.source == STANDARD_INPUT else shown_path(result.source)


def location_of(result: Result, line: int | None = None) -> Location | None:
    """Return where a whole result stands, None for standard input."""
    file = file_of(result)
    return None if file is None else Location(file, line)


def _of_result(result: Result, *, strict: bool) -> list[Shown]:
    if result.decision is None:
        return []

    def shown(finding: Finding, *, baselined: bool = False, use: ExceptionUse | None = None) -> Shown:
        accepted = baselined or use is not None
        return Shown(
            finding=finding,
            source=result.source,
            fingerprint=fingerprints.of_finding(finding),
            location=result.locate(finding["subject"], finding["path"]) or location_of(result),
            baselined=baselined,
            exception=use,
            failing=not accepted and (strict or finding["enforcement"] == "deny"),
        )

    found = [
        shown(finding, baselined=index in result.baselined) for index, finding in enumerate(result.decision["findings"])
    ]
    return [*found, *(shown(finding, use=use) for finding, use in result.excepted)]


def _numbered(shown: Shown, number: str) -> Shown:
    return replace(shown, fingerprint=number)
