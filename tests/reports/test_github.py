from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest
from tests.reports.conftest import ADDRESS, decided

from sealgate.reports import Report, Result, github

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def parsed(text: str) -> list[Command]:
    """Read commands as the runner of GitHub Actions does; lines that are none are left out."""
    commands = []
    for line in text.split("\n"):
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line.lstrip())
        if match is not None:
            pairs = (pair.partition("=") for pair in match[2].split(","))
            properties = {name: unescaped(value, "%3A:", "%2C,") for name, _, value in pairs}
            commands.append(Command(match[1], properties, unescaped(match[3])))
    return commands


def unescaped(text: str, *more: str) -> str:
    for pair in ("%0D\r", "%0A\n", *more, "%25%"):
        text = text.replace(pair[:3], pair[3:])
    return text


def test_each_finding_is_a_command_the_worst_first(everything: Report) -> None:
    commands = parsed(github.render(everything))

    assert [(command.name, command.properties["title"]) for command in commands] == [
        ("error", "sealgate SG-MTRL-002"),
        ("error", "sealgate: unreadable input"),
        ("error", "sealgate: no decision"),
        ("warning", "sealgate SG-MTRL-026"),
        ("notice", "sealgate SG-CALL-002"),
        ("notice", "sealgate SG-MTRL-003"),
    ]


def test_a_command_says_where_what_and_what_to_do(everything: Report) -> None:
    first, unreadable, *_ = parsed(github.render(everything))

    assert first.properties == {"file": "infra/main.tf", "line": "7", "title": "sealgate SG-MTRL-002"}
    assert first.message.split("\n") == [
        f"{ADDRESS}: the output key is named by an alias",
        "Put the key's ARN there.",
        "where: JobConfigDocument → OutputDataConfig.KmsKeyArn",
        "see: https://docs.aws.amazon.com/sagemaker/",
    ]
    assert unreadable.properties["line"] == "3"
    assert unreadable.message == "broken.json: no JSON"


def test_of_standard_input_has_no_file(finding: Make) -> None:
    decision = decided([finding()], subjects=["x"])

    [command] = parsed(github.render(Report(results=[Result(source="<stdin>", decision=decision)])))

    assert list(command.properties) == ["title"]


def test_what_is_accepted_is_counted_only(everything: Report) -> None:
    text = github.render(everything)

    assert "known since last year" not in text
    assert text.endswith("\nsealgate: failed; 6 annotations; 2 accepted and not shown")


def test_nothing_to_say_is_said(decision: Make) -> None:
    report = Report(results=[Result(source="a.json", decision=decision())])

    assert github.render(report) == "sealgate: passed; 0 annotations"


def test_a_strict_run_has_errors_only(finding: Make) -> None:
    decision = decided([finding(enforcement="warn")], subjects=["x"])

    [command] = parsed(github.render(Report(results=[Result(source="a.json", decision=decision)], strict=True)))

    assert command.name == "error"


def test_what_was_not_judged_is_an_error() -> None:
    decision = decided([], subjects=["x"], allowed=False)

    [command] = parsed(github.render(Report(results=[Result(source="a.json", decision=decision)])))

    assert command.name == "error"
    assert command.properties["title"] == "sealgate: not all of it was judged"


def test_hostile_names_make_no_command(hostile: Report) -> None:
    text = github.render(hostile)

    commands = parsed(text)
    assert [command.name for command in commands] == ["error"] * 3 + ["notice"] * 2
    assert len(text.split("\n")) == 6
    for command in commands:
        assert set(command.properties) - {"line"} == {"file", "title"}
        assert command.properties["title"].startswith("sealgate")
    # The runner takes the older form anywhere in a line.
    assert "##" not in text
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("text", ["50%", "a: b, c", "%0A"])
def test_percent_colon_and_comma_arrive(finding: Make, text: str) -> None:
    decision = decided([finding(subject=text)], subjects=[text])

    [command] = parsed(github.render(Report(results=[Result(source=text, decision=decision)])))

    assert command.properties["file"] == text
    assert command.message.startswith(f"{text}: the output key")
