from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from jsonschema import Draft4Validator
from tests.npm_packages import installed
from tests.reports.conftest import ADDRESS, HOSTILE, decided, no_command_in

from sealgate import resources
from sealgate.origins import Location
from sealgate.reports import Report, Result, sarif

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

FORMATS = Path(__file__).parents[1] / "formats/package.json"


@pytest.fixture(scope="session")
def schema() -> Draft4Validator:
    """Return the official schema of SARIF 2.1.0."""
    folder = installed(FORMATS, purpose="the schema of SARIF")
    [path] = (folder / "node_modules/@microsoft/jest-sarif/lib/schemas").glob("sarif-2.1.0*.json")
    return Draft4Validator(json.loads(path.read_bytes()))


def run_of(report: Report) -> Any:
    log = json.loads(sarif.render(report))
    [run] = log["runs"]
    return run


def results_of(report: Report) -> dict[str, Any]:
    """Return the results by their subject and rule."""
    return {f"{result['properties']['subject']} {result['ruleId']}": result for result in run_of(report)["results"]}


@pytest.mark.parametrize("name", ["everything", "hostile"])
def test_it_is_valid(name: str, schema: Draft4Validator, request: pytest.FixtureRequest) -> None:
    log = json.loads(sarif.render(request.getfixturevalue(name)))

    assert [error.message for error in schema.iter_errors(log)] == []
    assert log["version"] == "2.1.0"


def test_the_schema_finds_what_is_wrong(everything: Report, schema: Draft4Validator) -> None:
    log = json.loads(sarif.render(everything))
    log["runs"][0]["results"][0]["level"] = "fatal"

    assert list(schema.iter_errors(log))


def test_an_empty_run_is_valid(schema: Draft4Validator) -> None:
    assert list(schema.iter_errors(json.loads(sarif.render(Report(results=[]))))) == []


class TestRules:
    def test_are_those_of_the_catalogue(self, everything: Report) -> None:
        rules = run_of(everything)["tool"]["driver"]["rules"]

        assert [rule["id"] for rule in rules] == [rule["id"] for rule in resources.rules()]

    def test_say_all_that_the_catalogue_says(self, everything: Report) -> None:
        catalogue = next(rule for rule in resources.rules() if rule["id"] == "SG-MTRL-002")
        rule = next(rule for rule in run_of(everything)["tool"]["driver"]["rules"] if rule["id"] == "SG-MTRL-002")

        assert rule["name"] == "OutputKeyIsKeyArn"
        assert rule["shortDescription"]["text"] == catalogue["title"]
        assert rule["fullDescription"]["text"] == catalogue["description"]
        assert rule["helpUri"] == catalogue["reference"]
        assert rule["defaultConfiguration"] == {"level": "error"}
        assert rule["properties"]["requirements"] == catalogue["requirements"]
        assert rule["properties"]["security-severity"] == "8.0"
        assert "security" in rule["properties"]["tags"]
        for form in ("text", "markdown"):
            assert catalogue["remediation"] in rule["help"][form]

    def test_of_each_level_have_the_level_of_their_results(self, everything: Report) -> None:
        levels = {rule["level"]: rule["id"] for rule in resources.rules() if not rule["always"]}
        rules = {rule["id"]: rule for rule in run_of(everything)["tool"]["driver"]["rules"]}

        assert {level: rules[rule]["defaultConfiguration"]["level"] for level, rule in levels.items()} == {
            "required": "error",
            "recommended": "warning",
            "option": "error",
            "fact": "note",
        }

    def test_of_other_policies_are_listed_too(self, finding: Make) -> None:
        decision = decided([finding(rule="ACME-001")], subjects=["x"])
        run = run_of(Report(results=[Result(source="a.json", decision=decision)]))

        [result] = run["results"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]] == {"id": "ACME-001"}


class TestAResult:
    def test_has_the_level_of_what_it_does(self, everything: Report) -> None:
        shown = {name: (one["kind"], one["level"]) for name, one in results_of(everything).items()}

        assert shown == {
            f"{ADDRESS} SG-MTRL-002": ("fail", "error"),
            f"{ADDRESS} SG-MTRL-026": ("fail", "warning"),
            "b SG-CALL-002": ("fail", "note"),
            "c SG-MTRL-003": ("open", "none"),
            "d SG-MTRL-002": ("fail", "error"),
            "e SG-ORG-002": ("fail", "error"),
        }

    def test_points_to_its_rule(self, everything: Report) -> None:
        run = run_of(everything)

        for result in run["results"]:
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]

    def test_that_is_not_verified_and_denied_is_an_error_and_says_what_it_is(self, finding: Make) -> None:
        waiting = finding(outcome="unverified", missing={"part": "caller", "rules": ["SG-MTRL-002", "SG-MTRL-003"]})
        decision = decided([waiting], subjects=["x"])

        [result] = run_of(Report(results=[Result(source="a.json", decision=decision)]))["results"]

        assert (result["kind"], result["level"]) == ("fail", "error")
        assert result["properties"]["outcome"] == "unverified"
        assert result["properties"]["rules"] == ["SG-MTRL-002", "SG-MTRL-003"]

    def test_stands_at_its_resource_and_where_that_is_declared(self, everything: Report) -> None:
        [location] = results_of(everything)[f"{ADDRESS} SG-MTRL-002"]["locations"]

        assert location["logicalLocations"][0]["fullyQualifiedName"] == ADDRESS
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "infra/main.tf", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 7},
        }

    def test_without_a_line_stands_in_the_input_file(self, everything: Report) -> None:
        [location] = results_of(everything)["b SG-CALL-002"]["locations"]

        assert location["physicalLocation"]["artifactLocation"]["uri"] == "plan.json"
        assert location["physicalLocation"]["region"] == {"startLine": 1}

    def test_of_standard_input_has_a_logical_location_only(self, finding: Make) -> None:
        decision = decided([finding()], subjects=["x"])

        [result] = run_of(Report(results=[Result(source="<stdin>", decision=decision)]))["results"]

        assert list(result["locations"][0]) == ["logicalLocations"]

    @pytest.mark.parametrize(
        ("file", "uri"), [("a b/ü#?.tf", "a%20b/%C3%BC%23%3F.tf"), ("/srv/x.tf", "file:///srv/x.tf")]
    )
    def test_names_its_file_as_a_uri(self, finding: Make, file: str, uri: str) -> None:
        decision = decided([finding()], subjects=["x"])
        result = Result(source="plan.json", decision=decision, locate=lambda *_: Location(file, 2))

        [shown] = run_of(Report(results=[result]))["results"]

        artifact = shown["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact["uri"] == uri
        assert ("uriBaseId" in artifact) == (not uri.startswith("file:"))

    def test_message_has_no_placeholder_and_no_link(self, finding: Make) -> None:
        decision = decided([finding(message="{0} is [here](https://evil.example/)")], subjects=["x"])

        [result] = run_of(Report(results=[Result(source="a.json", decision=decision)]))["results"]

        assert result["message"]["text"].startswith("{{0}} is \\[here\\](https://evil.example/). ")


class TestAFingerprint:
    def fingerprints(self, *findings: Any, line: int = 1) -> list[str]:
        decision = decided(findings, subjects=["x"])
        result = Result(source="a.json", decision=decision, locate=lambda *_: Location("main.tf", line))
        shown = run_of(Report(results=[result]))["results"]
        for one in shown:
            assert one["partialFingerprints"]["primaryLocationLineHash"] == one["partialFingerprints"]["sealgate/v1"]
        return [one["partialFingerprints"]["sealgate/v1"] for one in shown]

    def test_does_not_depend_on_order_values_or_lines(self, finding: Make) -> None:
        first = finding(message="the alias a", evidence={"alias": "a"}, severity="low")
        other = finding(subject="other")

        assert self.fingerprints(first, other) == self.fingerprints(other, finding(message="the alias b"), line=9)[::-1]

    def test_differs_for_all_findings_of_a_run(self, finding: Make) -> None:
        every = self.fingerprints(
            finding(),
            finding(message="another call is denied"),
            finding(rule="SG-MTRL-003"),
            finding(subject="other"),
            finding(path=["RoleArn"]),
        )

        assert len(set(every)) == 5
        assert len({one.partition(":")[0] for one in every}) == 4


class TestWhatIsAccepted:
    def test_is_suppressed_with_its_reason(self, everything: Report) -> None:
        suppressions = {name: one["suppressions"] for name, one in results_of(everything).items()}

        assert [name for name, listed in suppressions.items() if listed] == ["d SG-MTRL-002", "e SG-ORG-002"]
        assert suppressions["d SG-MTRL-002"] == [
            {"kind": "external", "status": "accepted", "justification": "in the baseline old.json"}
        ]
        [granted] = suppressions["e SG-ORG-002"]
        assert granted["justification"] == "exception for e* until 2026-12-31: Migration."

    def test_of_a_baseline_has_its_state(self, everything: Report) -> None:
        states = {name: one["baselineState"] for name, one in results_of(everything).items()}

        assert states.pop("d SG-MTRL-002") == "unchanged"
        assert set(states.values()) == {"new"}
        assert run_of(everything)["properties"]["baseline"] == {
            "file": "old.json",
            "accepted": 1,
            "fixed": ["0" * 32],
        }

    def test_without_a_baseline_has_no_state(self, finding: Make) -> None:
        decision = decided([finding()], subjects=["x"])
        run = run_of(Report(results=[Result(source="a.json", decision=decision)]))

        assert "baselineState" not in run["results"][0]
        assert "properties" not in run


class TestTheInvocation:
    def test_says_what_could_not_be_decided(self, everything: Report) -> None:
        [invocation] = run_of(everything)["invocations"]

        errors = [said for said in invocation["toolExecutionNotifications"] if said["level"] == "error"]
        assert [said["descriptor"]["id"] for said in errors] == ["unreadable-input", "no-decision"]
        assert errors[0]["message"]["text"] == "broken.json: no JSON"
        assert errors[0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
        assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
        assert invocation["startTimeUtc"] == "2026-06-30T12:00:00Z"

    def test_has_the_notes_and_the_exceptions_that_are_not_honoured(self, everything: Report) -> None:
        [invocation] = run_of(everything)["invocations"]

        [note] = [said for said in invocation["toolExecutionNotifications"] if said["level"] == "note"]
        assert (note["associatedRule"]["id"], note["message"]["text"]) == ("SG-MTRL-024", "so it is")
        [said] = invocation["toolConfigurationNotifications"]
        assert said["message"]["text"] == "the exception from SG-ORG-001 for * is not honoured (expired)"

    def test_says_where_not_all_was_judged(self) -> None:
        decision = decided([], subjects=["x"], allowed=False)

        [invocation] = run_of(Report(results=[Result(source="a.json", decision=decision)]))["invocations"]

        [said] = invocation["toolExecutionNotifications"]
        assert said["message"]["text"] == "a.json: not all of it was judged"


def test_hostile_names_stay_in_their_strings(hostile: Report) -> None:
    text = sarif.render(hostile)

    assert text.isascii()
    no_command_in(text)
    assert json.loads(text)["runs"][0]["results"][0]["properties"]["subject"] == HOSTILE
