from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sealgate.reading.places import Located, pointer
from sealgate.reading.words import did_you_mean, folded, kind, quoted


def test_kinds_have_their_article() -> None:
    values = [{}, [], "", True, 1, 1.5, None]
    assert [kind(value) for value in values] == [
        "an object",
        "a list",
        "a string",
        "a boolean",
        "a number",
        "a number",
        "null",
    ]


def test_quoted_text_is_one_line_and_not_long() -> None:
    assert quoted('a"b\n') == '"a\\"b\\n"'
    assert quoted("é") == '"é"'
    assert quoted("x" * 80) == '"' + "x" * 80 + '"'
    assert quoted("x" * 81) == '"' + "x" * 80 + '…"'
    assert quoted("\ud800") == '"\\ud800"'


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_quoted_text_can_be_printed(text: str) -> None:
    quoted(text).encode()
    assert json.loads(quoted(text)) == text


def test_a_near_name_is_suggested() -> None:
    known = ["enforcement", "unverified", "job_config_key_members"]
    assert did_you_mean("enforcment", known) == ': did you mean "enforcement"?'
    assert did_you_mean("JobConfigKeyMembers", known) == ': did you mean "job_config_key_members"?'
    assert did_you_mean("approved", known) == ""
    assert did_you_mean("enforce", known, cutoff=0.9) == ""
    assert did_you_mean("x" * 100_000, known) == ""


def test_spellings_fold_to_one() -> None:
    assert folded("Create-Job") == folded("createjob") == folded("CREATE_JOB")


def test_pointers_escape_what_they_are_made_of() -> None:
    assert pointer() == ""
    assert pointer("keys", "arn:aws:kms:us-west-2:111122223333:key/1", 0, "a~b") == (
        "/keys/arn:aws:kms:us-west-2:111122223333:key~11/0/a~0b"
    )


def test_a_part_without_a_place_stands_where_the_part_around_it_does() -> None:
    located = Located({}, {("a",): (2, 3)})
    assert located.position(("a", "b", 0)) == (2, 3)
    assert located.position(()) == (None, None)
