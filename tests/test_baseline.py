from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema
import pytest

from sealgate import baseline, fingerprints, resources
from sealgate.baseline import Baseline
from sealgate.errors import UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Make: TypeAlias = "Callable[..., Any]"

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ALWAYS = next(rule["id"] for rule in resources.rules() if rule["always"])


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Return a function that writes a baseline of findings and returns where."""

    def write(*findings: Any) -> str:
        path = tmp_path / "baseline.json"
        path.write_text(baseline.render(findings, now=NOW), encoding="utf-8")
        return str(path)

    return write


class TestTheFile:
    def test_is_as_its_schema_says(self, finding: Make) -> None:
        waiting = finding(outcome="unverified", missing={"part": "caller", "rules": ["SG-MTRL-002"]})

        content = json.loads(baseline.render([finding(), waiting], now=NOW))

        jsonschema.Draft202012Validator(resources.schema("baseline")).validate(content)
        assert content["version"] == 1
        assert content["written"]["at"] == "2026-06-30T12:00:00Z"
        assert content["findings"][0].keys() >= {"fingerprint", "rule", "subject", "path", "message"}

    def test_does_not_depend_on_the_order_of_findings(self, finding: Make) -> None:
        every = [finding(subject=subject, message=message) for subject in "ba" for message in "ba"]

        assert baseline.render(every, now=NOW) == baseline.render(every[::-1], now=NOW)

    def test_has_no_entry_for_what_is_never_accepted(self, finding: Make) -> None:
        assert json.loads(baseline.render([finding(rule=ALWAYS)], now=NOW))["findings"] == []

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda content: content.pop("version"), '"version" is missing at /'),
            (lambda content: content.update(version=2), "/version is 2, and must be at most 1"),
            (lambda content: content.update(findigns=[]), 'unknown member "findigns" at /: did you mean "findings"?'),
            (lambda content: content["findings"][0].pop("path"), '"path" is missing at /findings/0'),
            (lambda content: content["findings"][0].update(fingerprint="x"), "is not 32 hexadecimal digits"),
            (
                lambda content: content["findings"][0].update(subject="other"),
                "/findings/0: the fingerprint is not that of its rule, outcome, subject and path",
            ),
            (
                lambda content: content["findings"][0].update(rule=ALWAYS),
                f"/findings/0: {ALWAYS} says that an input can't be read, and nothing accepts that",
            ),
        ],
    )
    def test_that_is_malformed_is_refused(
        self, written: Callable[..., str], finding: Make, tmp_path: Path, change: Callable[[Any], Any], message: str
    ) -> None:
        path = tmp_path / "baseline.json"
        content = json.loads((tmp_path / written(finding())).read_bytes())
        change(content)
        path.write_text(json.dumps(content), encoding="utf-8")

        with pytest.raises(UnreadableInputError) as refused:
            Baseline.load(str(path))

        assert message in str(refused.value) or message.removeprefix("is not ") in str(refused.value)
        assert str(refused.value).startswith(f"{path}: it is no baseline: ")
        assert "--write-baseline" in str(refused.value)

    @pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"findings": [], "findings": [], "version": 1}'])
    def test_that_is_none_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "baseline.json"
        path.write_text(text, encoding="utf-8")

        with pytest.raises(UnreadableInputError, match=r"baseline\.json"):
            Baseline.load(str(path))

    def test_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(UnreadableInputError, match=r"nowhere\.json: it can't be read"):
            Baseline.load("nowhere.json")


class TestWhatIsAccepted:
    def test_is_what_was_there(self, written: Callable[..., str], finding: Make) -> None:
        read = Baseline.load(written(finding(), finding(subject="b")))

        assert read.accept([finding(subject="new"), finding(subject="b"), finding(message="said otherwise")]) == {1, 2}
        assert read.fixed == []

    def test_is_used_up(self, written: Callable[..., str], finding: Make) -> None:
        read = Baseline.load(written(finding()))

        assert read.accept([finding()]) == {0}
        assert read.accept([finding()]) == frozenset()

    def test_leaves_over_the_one_that_is_new_among_its_like(self, written: Callable[..., str], finding: Make) -> None:
        read = Baseline.load(written(finding(message="Decrypt"), finding(message="CreateGrant")))

        found = [finding(message=message) for message in ("DescribeKey", "CreateGrant", "Decrypt")]

        assert read.accept(found) == {1, 2}

    def test_is_no_finding_with_another_outcome(self, written: Callable[..., str], finding: Make) -> None:
        read = Baseline.load(written(finding(outcome="advice", enforcement="warn")))

        assert read.accept([finding()]) == frozenset()

    def test_is_never_what_says_that_an_input_can_not_be_read(self, finding: Make) -> None:
        denial = finding(rule=ALWAYS)
        entry: Any = {
            "fingerprint": fingerprints.of_finding(denial),
            "rule": ALWAYS,
            "outcome": "violation",
            "subject": denial["subject"],
            "path": denial["path"],
            "message": "",
        }

        assert Baseline("made by hand", [entry]).accept([denial]) == frozenset()
        assert baseline.acceptable([denial, finding()]) == {1}

    def test_that_nobody_found_any_more_is_fixed(self, written: Callable[..., str], finding: Make) -> None:
        read = Baseline.load(written(finding(), finding(subject="b"), finding(subject="a")))
        read.accept([finding()])

        assert [entry["subject"] for entry in read.fixed] == ["a", "b"]
