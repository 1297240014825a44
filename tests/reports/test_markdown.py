from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from markdown_it import MarkdownIt
from tests.reports.conftest import ADDRESS, decided, no_command_in

from sealgate.origins import Location
from sealgate.reports import Comparison, Report, Result, markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

Make: TypeAlias = "Callable[..., Any]"

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def rows(text: str) -> list[list[str]]:
    """Return the cells of the table, as text without markup."""
    table: list[list[str]] = []
    for token in tokens(text):
        if token.type == "tr_open":
            table.append([])
        elif token.type == "inline" and table:
            parts = [
                "\n" if child.content == "<br>" else child.content
                for child in token.children or []
                if child.type == "text" or child.content == "<br>"
            ]
            table[-1].append("".join(parts))
    return table[1:]


def test_the_heading_is_the_verdict_and_the_counts_follow(everything: Report) -> None:
    lines = markdown.render(everything).split("\n")

    assert lines[0] == "## sealgate: failed"
    assert lines[2] == "4 inputs, 1 denial, 1 warning, 1 not verified, 1 advised, 1 in the baseline, 1 excepted"


def test_findings_are_rows_the_worst_first(everything: Report) -> None:
    found = rows(markdown.render(everything))

    assert [(row[0], row[1].split("\n")[0], row[3]) for row in found] == [
        ("Deny", ADDRESS, "SG-MTRL-002"),
        ("Warn", ADDRESS, "SG-MTRL-026"),
        ("Not verified", "c", "SG-MTRL-003"),
        ("Advice", "b", "SG-CALL-002"),
    ]
    assert found[0][1].split("\n")[1:] == ["JobConfigDocument → OutputDataConfig.KmsKeyArn", "infra/main.tf:7"]
    assert found[0][2] == "the output key is named by an alias\nFix: Put the key's ARN there."


def test_a_rule_links_to_its_documentation(everything: Report) -> None:
    assert "[SG-MTRL-002](<https://docs.aws.amazon.com/sagemaker/>)" in markdown.render(everything)


def test_problems_and_what_was_fixed_are_listed(everything: Report) -> None:
    text = markdown.render(everything)

    assert "- **Unreadable input:** <code>broken.json</code>: no JSON" in text
    assert "- **No decision:** <code>slow.json</code>: too slow" in text
    assert "- SG-KEY-007 <code>gone</code>" in text


def test_what_was_not_judged_is_listed() -> None:
    decision = decided([], subjects=["x"], allowed=False)

    text = markdown.render(Report(results=[Result(source="a.json", decision=decision)]))

    assert "- **Denied:** <code>a.json</code>: not all of it was judged" in text


def test_a_clean_run_is_short(decision: Make) -> None:
    report = Report(results=[Result(source="a.json", decision=decision())])

    assert markdown.render(report) == "## sealgate: passed\n\n1 input"


def test_it_is_cut_to_what_a_comment_holds(finding: Make) -> None:
    many = decided([finding(subject=f"job {number}") for number in range(2000)], subjects=[])
    entries: Any = [{"rule": "SG-KEY-007", "subject": f"gone {number}"} for number in range(25)]

    text = markdown.render(
        Report(
            results=[Result(source="a.json", decision=many)],
            baseline=Comparison(source="old.json", accepted=0, fixed=entries),
        )
    )

    assert len(text) < 65_536
    shown = rows(text)
    assert shown[-1][2] == f"{2000 - len(shown) + 1} more findings are not shown"
    assert text.endswith("- and 5 more")


@pytest.mark.parametrize(
    "name",
    ["`a`", "a|b", "<img src=x onerror=y>", "[a](https://b.example)", "![a](b)", "*a*", "_a_", "~~a~~", "\\|", "&lt;"],
)
def test_no_name_is_markup(finding: Make, name: str) -> None:
    decision = decided([finding(subject=name, message=name, path=[], remediation="")], subjects=[])

    [row] = rows(markdown.render(Report(results=[Result(source="a.json", decision=decision)])))

    assert row[1].split("\n") == [name, "a.json"]
    assert row[2] == name


def test_hostile_names_break_nothing(hostile: Report) -> None:
    text = markdown.render(hostile)

    no_command_in(text)
    assert len(rows(text)) == 3
    children = [child for token in tokens(text) for child in token.children or []]
    html = {child.content for child in children if child.type == "html_inline"}
    assert html == {"<br>", "<code>", "</code>", "<!-- -->"}
    assert not {"image", "code_inline", "em_open", "s_open"} & {child.type for child in children}
    links = {str(child.attrGet("href")) for child in children if child.type == "link_open"}
    assert links == {"https://docs.example/%3E)%7C%0A::error::x"}
    assert not re.search(r"@\w|(?<!&)#\d|://evil|www\.", text)


def test_the_place_may_have_no_line(finding: Make) -> None:
    decision = decided([finding(path=[])], subjects=["x"])
    result = Result(source="a.json", decision=decision, locate=lambda *_: Location("main.tf"))

    [row] = rows(markdown.render(Report(results=[result])))

    assert row[1].split("\n")[1] == "main.tf"


def test_only_addresses_of_the_web_are_links(finding: Make) -> None:
    decision = decided([finding(reference="javascript:alert(1)")], subjects=["x"])

    assert "](" not in markdown.render(Report(results=[Result(source="a.json", decision=decision)]))


def test_who_gains_and_who_loses_keys_by_a_plan_is_listed(decision: Any) -> None:
    holder = {"kind": "principal", "who": "arn:aws:iam::111122223333:role/Job", "actions": ["kms:Decrypt"]}
    changes: Any = [
        {"key": f"aws_kms_key.k{number}", "gained": [holder], "lost": [holder] if number == 0 else []}
        for number in range(45)
    ]
    result = Result(source="plan.json", decision=decision(), key_changes=changes)
    text = markdown.render(Report(results=[result]))
    assert "- <code>aws&#95;kms&#95;key.k0</code>: gained by arn:aws:iam::111122223333:role/Job: kms:Decrypt" in text
    assert "k0</code>: lost by arn" in text
    assert "- and 6 more" in text
