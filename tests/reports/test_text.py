from __future__ import annotations

import pytest

from sealgate.reports import text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain ü →", "plain ü →"),
        ("a\nb\r\x1b[2J\x9b\u202e\ud800\x00", "a b\\r\\x1b[2J\\x9b\\u202e\\ud800\\x00"),
        ("::error::x", "\\x3a:error::x"),
        ("a ::stop-commands::x", "a \\x3a:stop-commands::x"),
        (":::x", "\\x3a::x"),
        ("arn:aws:iam::111122223333:role/R", "arn:aws:iam::111122223333:role/R"),
        ("##[error]x", "\\x23#[error]x"),
        ("a####vso[b", "a\\x23\\x23\\x23#vso[b"),
        ("#1", "#1"),
    ],
)
def test_nothing_that_is_shown_steers_a_terminal_or_a_ci_system(given: str, shown: str) -> None:
    assert text.printable(given) == shown


def test_no_line_begins_with_a_command_however_it_is_wrapped() -> None:
    wrapped = text.Page(width=30).wrapped("word " * 5 + "::error::x " * 5, label="DENY", indent=2)

    assert not any(line.strip().startswith("::") for line in wrapped.split("\n"))


@pytest.mark.parametrize(("count", "said"), [(0, "0 inputs"), (1, "1 input"), (2, "2 inputs")])
def test_one_is_singular(count: int, said: str) -> None:
    assert text.counted(count, "input(s)") == said
