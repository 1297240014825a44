"""The report as JSON, for programs: the same shape for one source and for many, every text in ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealgate.reports import problem
from sealgate.reports.text import as_json

if TYPE_CHECKING:
    from sealgate.reports import Comparison, Report, Result


def render(report: Report) -> str:
    """Return `{"allowed": bool, "results": [{"source", "decision"} or {"source", "error"}]}`, indented, keys ordered.

    `allowed` holds for all sources together: one error or one denial makes it false. Beside it stand, where there is
    something to say: `strict`; `baseline` `{"file", "accepted", "fixed"}`, where `fixed` is null while an input has
    no decision; and with either of them `passed`, which the exit code follows. A result has `locations` `{subject:
    {"file", "line"}}` as far as they are known, and `baselined`, the positions of the findings that are accepted; of a
    source with several inputs also `place`, the number of the document from 0 and the steps to the input in it; of a
    plan `key_changes`, as schemas/exposure_changes.json describes them, null where nobody could tell.
    """
    shown: dict[str, Any] = {
        "allowed": all(result.allowed for result in report.results),
        "results": [_result(result, report) for result in report.results],
    }
    if report.strict:
        shown["strict"] = True
    if report.baseline is not None:
        shown["baseline"] = _baseline(report.baseline)
    if report.strict or report.baseline is not None:
        shown["passed"] = report.passed
    return as_json(shown)


def _result(result: Result, report: Report) -> dict[str, object]:
    if result.decision is None:
        return {**_origin(result), "error": problem.describe(result.error)}
    shown: dict[str, object] = {**_origin(result), "decision": result.decision}
    subjects = [*(checked["subject"] for checked in result.decision["checked"])]
    subjects += [finding["subject"] for finding in result.decision["findings"]]
    found = {subject: result.locate(subject, ()) for subject in subjects}
    locations = {
        subject: {"file": location.file, **({} if location.line is None else {"line": location.line})}
        for subject, location in found.items()
        if location is not None
    }
    if locations:
        shown["locations"] = locations
    if result.key_changes != ():
        shown["key_changes"] = result.key_changes
    if report.baseline is not None:
        shown["baselined"] = sorted(result.baselined)
    return shown


def _origin(result: Result) -> dict[str, object]:
    return {"source": result.source, **({"place": list(result.place)} if result.place else {})}


def _baseline(baseline: Comparison) -> dict[str, object]:
    return {"file": baseline.source, "accepted": baseline.accepted, "fixed": baseline.fixed}
