from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_yaml

# What YAML can print: it has no other characters.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=10)

PARSERS = [
    yaml.SafeLoader,
    pytest.param(
        getattr(yaml, "CSafeLoader", None),
        marks=pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml"),
    ),
]


@pytest.fixture(params=PARSERS, autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_yaml, "_LOADER", request.param)


def fault(text: str) -> tuple[str, int | None, int | None]:
    with pytest.raises(UnreadableInputError) as caught:
        strict_yaml.load(text)
    return caught.value.message, caught.value.line, caught.value.column


def test_objects_lists_and_scalars_are_those_of_json() -> None:
    text = """\
# a request
service: sagemaker
parameters:
  list: [1, -2.5, 1e3, true, null]
  empty: {}
  nothing:
  tilde: ~
  block: |
    {"a": 1}
  folded: >-
    one
    two
  'quoted': "a\\tb"
"""
    assert strict_yaml.load(text).value == {
        "service": "sagemaker",
        "parameters": {
            "list": [1, -2.5, 1000.0, True, None],
            "empty": {},
            "nothing": None,
            "tilde": None,
            "block": '{"a": 1}\n',
            "folded": "one two",
            "quoted": "a\tb",
        },
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("True", True),
        ("FALSE", False),
        ("NULL", None),
        ("yes", "yes"),
        ("off", "off"),
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31T18:00:00Z", "2026-12-31T18:00:00Z"),
        ("012345678901", "012345678901"),
        ("111122223333", 111122223333),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("+1", "+1"),
        (".5", ".5"),
        ("1.", "1."),
        ("'1'", "1"),
        ('"true"', "true"),
        ("NaN", "NaN"),
        ("=", "="),
        ("<<", "<<"),
        ("9" * 4300, int("9" * 4300)),
        ("", None),
        ("# nothing\n", None),
        ("---\n", None),
    ],
)
def test_plain_scalars_are_read_as_json_would(text: str, value: Any) -> None:
    assert strict_yaml.load(text).value == value


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2", 'duplicate key "c"', 4, 3),
        ("{a: 1, 'a': 2}", 'duplicate key "a"', 1, 8),
        ("a: &x 1", "an anchor (&name) is no part of a value: leave it out", 1, 4),
        ("a: &x [1]", "an anchor (&name) is no part of a value: leave it out", 1, 4),
        ("a: *x", "an alias (*name) stands for another part of the file: write the value out", 1, 4),
        ("a: !!str 1", "a tag (tag:yaml.org,2002:str) is no part of a value: leave it out", 1, 4),
        ("a: ! 1", "a tag (!) is no part of a value: leave it out", 1, 4),
        ("a: !Ref [x]", "a tag (!Ref) is no part of a value: leave it out", 1, 4),
        ("1: a", "this key is read as a number: put it in quotes", 1, 1),
        ("true: a", "this key is read as a boolean: put it in quotes", 1, 1),
        ("a:\n  ~: a", "this key is read as null: put it in quotes", 2, 3),
        ("? [a]\n: b", "a key is a string, and here is a list", 1, 3),
        ("? {a: 1}\n: b", "a key is a string, and here is an object", 1, 3),
        ("a: .nan", ".nan is no number of JSON", 1, 4),
        ("a: [-.Inf]", "-.Inf is no number of JSON", 1, 5),
        ("a: 1e999", "the number 1e999 is too large", 1, 4),
        ("9" * 4301, "a number has more than 4,300 digits", 1, 1),
        ("a: 1\n---\nb: 2", "a second document starts here, and one is read", 2, 1),
        ("a: \x00", "the character U+0000 may not stand in YAML", 1, 4),
        ("a:\n  \ud800", "the character U+D800 may not stand in YAML", 2, 3),
        ("[" * 129 + "]" * 129, "it is nested deeper than 128 levels", 1, 129),
    ],
)
def test_the_fault_and_its_place_are_told(text: str, message: str, line: int, column: int) -> None:
    assert fault(text) == (message, line, column)


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\ta: 1", "a: 'b", "- a\nb: 1", "@a", "%X", "a: |x"])
def test_what_is_no_yaml_is_refused_with_a_place(text: str) -> None:
    message, line, column = fault(text)
    assert message.startswith("this is no YAML: ")
    assert line is not None
    assert column is not None


def test_escaped_surrogates_are_refused() -> None:
    assert fault('"\\ud800"')[1] == 1


def test_places_are_told_for_members_and_elements() -> None:
    located = strict_yaml.load("a:\n  - b\n  - c: 1\n    d: {e: 2}\n")
    assert located.positions == {
        ("a",): (1, 1),
        ("a", 0): (2, 5),
        ("a", 1): (3, 5),
        ("a", 1, "c"): (3, 5),
        ("a", 1, "d"): (4, 5),
        ("a", 1, "d", "e"): (4, 9),
    }
    assert located.position(("a", 1, "d", "e", "f")) == (4, 9)
    assert located.position(("x",)) == (None, None)


def test_the_source_is_named() -> None:
    for text in ("a: 1\na: 2", "a: \x00", "a: ["):
        with pytest.raises(UnreadableInputError, match=r"^job\.yaml:\d+:\d+: "):
            strict_yaml.load(text, source="job.yaml")


@pytest.mark.parametrize("text", ["[" * 300_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_no_nesting_takes_long_to_refuse(text: str) -> None:
    started = time.perf_counter()
    fault(text)
    assert time.perf_counter() - started < 10


@given(value=VALUES)
def test_json_is_yaml(value: Any) -> None:
    assert strict_yaml.load(json.dumps(value, ensure_ascii=False)).value == value


@given(value=VALUES, flow=st.booleans())
def test_what_pyyaml_writes_is_read_as_it_was(value: Any, flow: bool) -> None:  # noqa: FBT001 a case
    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, _: Any) -> bool:
            return True

    text = yaml.dump(value, Dumper=Dumper, default_flow_style=flow, allow_unicode=True)
    # It writes 1e-7 for the number and the text alike, and numbers as YAML 1.1 has them.
    if yaml.safe_load(text) == value and "e" not in text:
        assert strict_yaml.load(text).value == value


@given(text=st.text() | st.text("ab:-[]{},&*!|>'\"%@`#? \n\t"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnreadableInputError):
        json.dumps(strict_yaml.load(text).value, allow_nan=False, ensure_ascii=False).encode()
