from __future__ import annotations

import json
from pathlib import Path

import pytest

from sealgate.generate import catalogue
from sealgate.generate.outputs import GenerationError

RULE = "policies/sealgate/rules/mtrl/key_is_named/key_is_named.rego"


def replace(checkout: Path, path: str, old: str, new: str) -> None:
    text = (checkout / path).read_text(encoding="utf-8")
    assert old in text
    (checkout / path).write_text(text.replace(old, new), encoding="utf-8")


def copy(checkout: Path, name: str, old: str, new: str, area: str = "mtrl") -> None:
    """Put a second rule beside the first, which differs in one text of its annotations."""
    file = checkout / f"policies/sealgate/rules/{area}/{name}/{name}.rego"
    file.parent.mkdir(parents=True)
    file.write_text((checkout / RULE).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_catalogue_holds_what_the_annotations_say(checkout: Path) -> None:
    files = catalogue.generate(checkout)
    assert json.loads(files[catalogue.CATALOGUE]) == {
        "mtrl": {
            "key_is_named": {
                "id": "SG-MTRL-001",
                "title": "The key is named",
                "description": "A key stands in the request, by its name.",
                "level": "required",
                "severity": "high",
                "requirements": ["MTRL-01"],
                "remediation": "Name the key.",
                "reference": "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
                "always": False,
            }
        }
    }


def test_page_shows_the_rule_with_its_first_example_of_each_kind(checkout: Path) -> None:
    page = catalogue.generate(checkout)[catalogue.PAGE].decode()
    assert page == (Path(__file__).parent / "rules_page.md").read_text(encoding="utf-8")


def test_page_says_of_a_rule_that_it_is_always_on_or_retired(checkout: Path) -> None:
    replace(checkout, RULE, "#   level: required", "#   level: required\n#   always: true\n#   deprecated: true")
    files = catalogue.generate(checkout)
    assert json.loads(files[catalogue.CATALOGUE])["mtrl"]["key_is_named"]["always"] is True
    page = files[catalogue.PAGE].decode()
    assert "- Level: required (denies, whatever the settings say)" in page
    assert "Retired: it finds nothing any more." in page


def test_fact_has_no_remediation_and_may_have_no_requirement(checkout: Path) -> None:
    replace(checkout, RULE, "#   remediation: Name the key.\n", "")
    replace(checkout, RULE, "level: required", "level: fact")
    replace(checkout, RULE, "[MTRL-01]", "[]")
    files = catalogue.generate(checkout)
    assert json.loads(files[catalogue.CATALOGUE])["mtrl"]["key_is_named"]["remediation"] == ""
    page = files[catalogue.PAGE].decode()
    assert "- Level: fact (is a note)" in page
    assert "- Requirements: none" in page
    assert "To fix" not in page


def test_rules_are_ordered_by_area_and_id(checkout: Path) -> None:
    copy(checkout, "a_later_one", "SG-MTRL-001", "SG-MTRL-002")
    copy(checkout, "zone", "SG-MTRL-001", "SG-KEY-001", area="key")
    assert [rule.id for rule in catalogue.read_rules(checkout)] == ["SG-KEY-001", "SG-MTRL-001", "SG-MTRL-002"]


@pytest.mark.parametrize(
    "changed",
    [RULE, "policies/sealgate/decision.rego", "policies/sealgate/data/keys/data.json"],
)
def test_version_changes_with_every_source(checkout: Path, changed: str) -> None:
    before = json.loads(catalogue.generate(checkout)[catalogue.VERSION])
    with (checkout / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    after = json.loads(catalogue.generate(checkout)[catalogue.VERSION])
    assert before["policies"].startswith("1.2.3+")
    assert len(before["policies"]) == len("1.2.3+") + 12
    assert before["policies"] != after["policies"]
    assert before["schema"] == after["schema"] == 1


def test_version_is_the_same_once_written_and_whatever_the_tests_are(checkout: Path) -> None:
    files = catalogue.generate(checkout)
    for path, content in files.items():
        (checkout / path).parent.mkdir(parents=True, exist_ok=True)
        (checkout / path).write_bytes(content)
    (checkout / RULE.replace(".rego", "_test.rego")).write_text("package other\n", encoding="utf-8")
    assert catalogue.generate(checkout) == files


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# METADATA\n", "# Metadata\n", "no METADATA block"),
        ("# METADATA\n", "# METADATA\n# - [\n", "not YAML"),
        ("# title: The key is named\n", "", "'title' is a required property"),
        ("The key is named", "The key is named.", "does not match"),
        ("# scope: package\n", "# scope: rule\n", "'package' was expected"),
        ("#   severity: high\n", "#   severity: huge\n", "'huge' is not one of"),
        ("#   severity: high\n", "#   severity: high\n#   owner: me\n", "'owner' was unexpected"),
        ("#   remediation: Name the key.\n", "", "'remediation' is a required property"),
        ("level: required", "level: fact", "'remediation' is not one of"),
        ("SG-MTRL-001", "SG-MTRL-1", "does not match"),
        ("SG-MTRL-001", "SG-LABEL-001", "stands in the folder of another area"),
    ],
)
def test_wrong_annotations_are_refused_with_the_file_and_the_reason(
    checkout: Path, old: str, new: str, reason: str
) -> None:
    replace(checkout, RULE, old, new)
    with pytest.raises(GenerationError, match=reason) as raised:
        catalogue.read_rules(checkout)
    assert str(raised.value).startswith(RULE)


def test_annotations_apart_from_the_package_are_not_its_annotations(checkout: Path) -> None:
    replace(checkout, RULE, "package sealgate", "\npackage sealgate")
    with pytest.raises(GenerationError, match="no METADATA block"):
        catalogue.read_rules(checkout)


def test_id_of_two_rules_is_refused(checkout: Path) -> None:
    copy(checkout, "second", "Name the key.", "Name it.")
    with pytest.raises(GenerationError, match=r"second\.rego: SG-MTRL-001 is the id of .*key_is_named\.rego too"):
        catalogue.read_rules(checkout)


def test_file_that_is_named_otherwise_than_its_folder_is_refused(checkout: Path) -> None:
    (checkout / RULE).rename((checkout / RULE).with_name("other.rego"))
    with pytest.raises(GenerationError, match="different names"):
        catalogue.read_rules(checkout)


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("mtrl/key_is_named/wrong_kind.json", "{}", "an example is named allow, deny, unverified, note"),
        ("mtrl/key_is_named/deny_bad.json", "{", "not an example"),
        ("mtrl/key_is_named/deny_bad.json", '{"description": "d", "input": {}}', "not an example .*'expect'"),
        ("mtrl/key_is_named/deny_bad.json", "[]", "not an example"),
        (
            "mtrl/no_rule/deny_it.json",
            '{"description": "d", "input": {}, "expect": {"allowed": true, "rules": {}}}',
            "tests/examples/mtrl/no_rule: there is no rule",
        ),
    ],
)
def test_misplaced_or_unreadable_example_is_refused(checkout: Path, path: str, content: str, reason: str) -> None:
    file = checkout / "tests/examples" / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, encoding="utf-8")
    with pytest.raises(GenerationError, match=reason):
        catalogue.read_rules(checkout)
