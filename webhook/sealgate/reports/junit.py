"""JUnit XML, which every CI server reads: a test suite an input, a test case a subject and a rule."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from sealgate import __version__
from sealgate.reports import cases
from sealgate.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sealgate.reports import Report
    from sealgate.reports.cases import Case


def render(report: Report) -> str:
    """Return a document of test suites, valid by Jenkins's schema.

    A case fails where it fails the run, is skipped where it could not be verified or was accepted, and has a
    system-out where there is a warning; an input without a decision is an error.
    """
    suites = [
        _suite(index, result.name, of_result, report)
        for index, (result, of_result) in enumerate(zip(report.results, cases.of_report(report), strict=True))
    ]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>"])


def _suite(index: int, source: str, of_result: Sequence[Case], report: Report) -> str:
    def count(status: str) -> int:
        return sum(case.status == status for case in of_result)

    attributes: dict[str, object] = {
        "name": printable(source) or "-",
        "tests": len(of_result),
        "failures": count("failed"),
        "errors": count("error"),
        "id": index,
        "package": "sealgate",
        "hostname": "localhost",
        "time": 0,
    }
    if report.now is not None:
        attributes["timestamp"] = report.now.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    if count("skipped"):
        attributes["skipped"] = count("skipped")
    listed = " ".join(f"{name}={quoteattr(str(value))}" for name, value in attributes.items())
    return "\n".join(
        [
            f"  <testsuite {listed}>",
            f'    <properties><property name="sealgate" value={quoteattr(__version__)}/></properties>',
            *(line for case in of_result for line in _case(case)),
            "    <system-out/>",
            "    <system-err/>",
            "  </testsuite>",
        ]
    )


def _case(case: Case) -> Iterator[str]:
    attributes = f'classname={quoteattr(case.subject or "-")} name={quoteattr(case.name)} time="0"'
    if case.status == "passed":
        yield f"    <testcase {attributes}/>"
        return
    text = escape("\n".join(case.lines))
    yield f"    <testcase {attributes}>"
    if case.status == "skipped":
        # The schema gives it no attributes.
        yield f"      <skipped>{escape(case.message)}\n{text}</skipped>"
    elif case.status == "warned":
        yield f"      <system-out>{text}</system-out>"
    else:
        element = "error" if case.status == "error" else "failure"
        kind = quoteattr(case.kind)
        yield f"      <{element} message={quoteattr(case.message)} type={kind}>{text}</{element}>"
    yield "    </testcase>"
