from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealgate.generate import traceability
from sealgate.generate.outputs import GenerationError

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = "tests/examples/mtrl/key_is_named"


def table(checkout: Path) -> list[str]:
    return traceability.generate(checkout)[traceability.TABLE].decode().splitlines()


def test_table_links_a_requirement_to_its_rules_and_their_examples(checkout: Path) -> None:
    assert table(checkout)[-1] == (
        '| <a id="mtrl-01"></a>MTRL-01: A key is named | required | request, key |'
        " [SG-MTRL-001](policies/RULES.md#sg-mtrl-001) The key is named"
        f" ([1 allow, 2 deny]({EXAMPLES})) |"
    )


def test_what_is_covered_is_not_listed_as_open(checkout: Path) -> None:
    lines = table(checkout)
    assert "1 of 1 requirements are covered:" in lines
    assert lines[lines.index("## Not covered yet") + 2] == "Nothing."


@pytest.mark.parametrize(
    ("level", "removed", "lack"),
    [
        ("required", "deny_*.json", "no deny example"),
        ("required", "*.json", "no allow example and no deny example"),
        ("fact", "*.json", "no note example"),
    ],
)
def test_requirement_without_its_examples_is_open(checkout: Path, level: str, removed: str, lack: str) -> None:
    (checkout / "requirements.yaml").write_text(
        f"MTRL-01: {{level: {level}, checked_on: [request], title: A key is named}}\n", encoding="utf-8"
    )
    for example in (checkout / EXAMPLES).glob(removed):
        example.unlink()
    lines = table(checkout)
    assert "0 of 1 requirements are covered:" in lines
    assert f"- MTRL-01, A key is named: {lack}" in lines


def test_rule_without_examples_is_shown_as_such(checkout: Path) -> None:
    for example in (checkout / EXAMPLES).glob("*.json"):
        example.unlink()
    assert table(checkout)[-1].endswith("The key is named (no examples) |")


def test_requirement_that_no_rule_names_is_open(checkout: Path) -> None:
    with (checkout / "requirements.yaml").open("a", encoding="utf-8") as file:
        file.write("MTRL-02: {level: option, checked_on: [request], title: Another}\n")
    lines = table(checkout)
    assert "1 of 2 requirements are covered:" in lines
    assert "- MTRL-02, Another: no rule" in lines


def test_rule_that_names_an_unknown_requirement_is_refused(checkout: Path) -> None:
    (checkout / "requirements.yaml").write_text("MTRL-09: {level: fact, checked_on: [key], title: Other}\n", "utf-8")
    with pytest.raises(GenerationError, match=r"key_is_named\.rego: there is no requirement MTRL-01"):
        traceability.generate(checkout)
