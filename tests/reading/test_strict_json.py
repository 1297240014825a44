from __future__ import annotations

import json
import math
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
INDENTS = st.sampled_from([None, 0, 1, "\t"])

# Texts that are nearly JSON: its own signs in any order, and a document with a piece cut out or put in.
SIGNS = st.sampled_from(
    ["{", "}", "[", "]", ":", ",", '"', '"a"', "\\", "\\u", "d800", "1", "-", ".", "e9", "true", "NaN"]
)
NEARLY = st.lists(SIGNS | st.text(max_size=2), max_size=12).map("".join)


def fault(text: str | bytes) -> tuple[str, int | None, int | None]:
    with pytest.raises(UnreadableInputError) as caught:
        strict_json.loads(text)
    return caught.value.message, caught.value.line, caught.value.column


def tried(text: str | bytes) -> tuple[Any, UnreadableInputError | None]:
    try:
        return strict_json.loads(text), None
    except UnreadableInputError as error:
        return None, error


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = json.dumps(draw(VALUES))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(NEARLY) + text[end:]


def has_duplicates(text: str) -> bool:
    duplicates = []

    def counted(members: list[tuple[str, Any]]) -> dict[str, Any]:
        duplicates.append(len(members) != len(dict(members)))
        return dict(members)

    json.loads(text, object_pairs_hook=counted)
    return any(duplicates)


@given(value=VALUES, indent=INDENTS, ensure_ascii=st.booleans())
def test_what_python_writes_is_read_as_python_reads_it(value: Any, indent: Any, ensure_ascii: bool) -> None:  # noqa: FBT001 a case
    text = json.dumps(value, indent=indent, ensure_ascii=ensure_ascii)
    assert strict_json.loads(text) == value
    assert strict_json.loads(text.encode()) == value


@given(text=damaged() | NEARLY | st.text())
def test_a_text_is_read_as_python_reads_it_or_refused(text: str) -> None:
    value, error = tried(text)
    if error:
        line, column = error.line or 0, error.column or 0
        assert 1 <= line <= text.count("\n") + 1
        assert 1 <= column <= len(text.split("\n")[line - 1]) + 1
    else:
        assert not has_duplicates(text)
        assert json.loads(text) == value


@given(text=damaged() | NEARLY)
def test_only_what_is_not_strict_is_refused(text: str) -> None:
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        with pytest.raises(UnreadableInputError):
            strict_json.loads(text)
        return
    if has_duplicates(text):
        assert fault(text)[0].startswith("duplicate key")
    else:
        assert strict_json.loads(text) == value


@given(data=st.binary() | damaged().map(lambda text: text.encode("utf-16")) | st.text().map(str.encode))
def test_bytes_are_read_or_refused(data: bytes) -> None:
    value, error = tried(data)
    if error:
        assert error.line
    else:
        assert json.loads(data.decode()) == value


@given(value=st.dictionaries(st.text(), VALUES, min_size=1), indent=INDENTS)
def test_a_beginning_holds_the_members_that_are_complete(value: dict[str, Any], indent: Any) -> None:
    text = json.dumps(value, indent=indent)
    names = list(value)
    for end in range(0, len(text) + 1, max(1, len(text) // 20)):
        members = strict_json.beginning(text[:end])
        assert list(members) == names[: len(members)]
        assert members == {name: value[name] for name in members}
    assert strict_json.beginning(text) == value


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the text is empty", 1, 1),
        (" \n ", "the text is empty", 1, 1),
        ("\ufeff{}", "the text starts with a byte order mark", 1, 1),
        (b"\xef\xbb\xbf{}", "the text starts with a byte order mark", 1, 1),
        ('{"a": 1, "a": 2}', 'duplicate key "a"', 1, 10),
        ('{"a": [\n  {"KmsKeyArn": 1,\n   "KmsKeyArn": 1}]}', 'duplicate key "KmsKeyArn"', 3, 4),
        ('{"\\u0061": 1, "a": 2}', 'duplicate key "a"', 1, 15),
        ('{"' + "k" * 90 + '": 1, "' + "k" * 90 + '": 2}', f'duplicate key "{"k" * 80}…"', 1, 99),
        ('{"a\\nb": 1, "a\\nb": 2}', 'duplicate key "a\\nb"', 1, 13),
        ('{"a": NaN}', "NaN is no JSON number", 1, 7),
        ("[1, Infinity]", "Infinity is no JSON number", 1, 5),
        ("-Infinity", "-Infinity is no JSON number", 1, 1),
        ("[1e999]", "the number 1e999 is too large", 1, 2),
        ("[-1.5E+400]", "the number -1.5E+400 is too large", 1, 2),
        ("[" + "9" * 4301 + "]", "a number has more than 4,300 digits", 1, 2),
        ("[-" + "9" * 4301 + "]", "a number has more than 4,300 digits", 1, 2),
        ("{} x", "text follows the end of the document", 1, 4),
        ("{}{}", "text follows the end of the document", 1, 3),
        ("1 2", "text follows the end of the document", 1, 3),
        ('"\\ud800"', "the lone surrogate U+D800 is no character", 1, 2),
        ('{"a\\uDFFF": 1}', "the lone surrogate U+DFFF is no character", 1, 4),
        ('"\\ud83d\\ude00 \\\\ud800 \\ude00\\ud83d"', "the lone surrogate U+DE00 is no character", 1, 23),
        ('["\ud800"]', "the lone surrogate U+D800 is no character", 1, 3),
        ("\ud800", 'a value is expected, not "\\ud800"', 1, 1),
        (b'{"a":\n"\xff"}', "the byte 0xff is no UTF-8", 2, 2),
        (b'["\xed\xa0\x80"]', "the byte 0xed is no UTF-8", 1, 3),
        ("[" * 129 + "]" * 129, "it is nested deeper than 128 levels", 1, 129),
        ('{"a":' * 129 + "1" + "}" * 129, "it is nested deeper than 128 levels", 1, 641),
        ("[1,]", 'a value is expected, not "]"', 1, 4),
        ('{"a": 1,}', 'a key in double quotes is expected, not "}"', 1, 9),
        ("{'a': 1}", "a key in double quotes is expected, not \"'a'\"", 1, 2),
        ("{1: 2}", 'a key in double quotes is expected, not "1"', 1, 2),
        ('{"a" 1}', 'a colon is expected after the key "a", not "1"', 1, 6),
        ('{"a"', 'a colon is expected after the key "a"', 1, 5),
        ('{"a": 1 "b": 2}', "a comma or } is expected, not a string", 1, 9),
        ("[1 2]", 'a comma or ] is expected, not "2"', 1, 4),
        ("[1}", 'a comma or ] is expected, not "}"', 1, 3),
        ("[1,\u00a0 2]", 'a value is expected, not "\u00a0"', 1, 4),
        ("[01]", 'a value is expected, not "01"', 1, 2),
        ("[+1]", 'a value is expected, not "+1"', 1, 2),
        ("[.5]", 'a value is expected, not ".5"', 1, 2),
        ("[1.]", 'a value is expected, not "1."', 1, 2),
        ("[0x10]", 'a value is expected, not "0x10"', 1, 2),
        ("[True]", 'a value is expected, not "True"', 1, 2),
        ("[undefined]", 'a value is expected, not "undefined"', 1, 2),
        ("// no\n{}", 'a value is expected, not "//"', 1, 1),
        ('["a', "a string is not closed", 1, 2),
        ('["a\\', "a string is not closed", 1, 2),
        ('["a\\u00', "a string is not closed", 1, 2),
        ('["a\nb"]', "the control character U+000A stands unescaped in a string", 1, 4),
        ('["\\x41"]', 'a backslash stands before "x", which is no escape of JSON', 1, 3),
        ('["\\u12g4"]', 'a backslash stands before "u", which is no escape of JSON', 1, 3),
        ('{"a": [1, {"b"', 'a colon is expected after the key "b"', 1, 15),
        ('{"a": [1,\n ', "the text ends before the document does", 2, 2),
    ],
)
def test_the_fault_and_its_place_are_told(text: str | bytes, message: str, line: int, column: int) -> None:
    assert fault(text) == (message, line, column)


def test_the_first_of_several_faults_is_told() -> None:
    assert fault('{"a": 1,\n "a": NaN, "b": [1,]}') == ('duplicate key "a"', 2, 2)


def test_the_source_is_named() -> None:
    with pytest.raises(UnreadableInputError, match=r"^job\.json:1:2: "):
        strict_json.loads("[", source="job.json")
    with pytest.raises(UnreadableInputError, match=r"^job\.json:1:1: "):
        strict_json.loads(b"\xff", source="job.json")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\ud800"', "\\ud800"),
        ('{"\\u0061": 1, "A": 2}', {"a": 1, "A": 2}),
        ('{"a": {"a": {"a": 1}}}', {"a": {"a": {"a": 1}}}),
        ("\t\r\n 1 \n", 1),
        ("-0", 0),
        ("1e-999", 0.0),
        ("9" * 4300, int("9" * 4300)),
        ("-" + "9" * 4300, -int("9" * 4300)),
        ("1" + "0" * 300 + ".5", 1e300),
    ],
)
def test_what_only_looks_suspicious_is_read(text: str, value: Any) -> None:
    assert strict_json.loads(text) == value


def test_the_deepest_document_is_read() -> None:
    text = "[" * strict_json.MAX_DEPTH + "]" * strict_json.MAX_DEPTH
    assert strict_json.loads(text) == json.loads(text)


def test_many_objects_beside_each_other_are_not_deep() -> None:
    text = json.dumps([{"a": [index]} for index in range(200)])
    assert strict_json.loads(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 2_000_000,
        '{"a":' * 500_000,
        "[" * 120 + '"' + "\\u0041" * 300_000,
        '"' + "\\\\" * 1_000_000,
        "\\" * 2_000_000,
        '{"' + '\\"' * 1_000_000,
        "9" * 2_000_000,
        "-" * 2_000_000,
        "1." + "9" * 2_000_000 + "x",
        " " * 2_000_000,
        "[1" + " " * 2_000_000,
        "[" + "1," * 500_000,
        "[" + '"\\ud83d\\ude00",' * 100_000 + "}",
    ],
)
def test_no_text_takes_long_to_refuse(text: str) -> None:
    started = time.perf_counter()
    fault(text)
    # Ten times what it takes here; anything quadratic would take minutes.
    assert time.perf_counter() - started < 5


def test_a_document_of_the_largest_size_is_read_in_a_moment() -> None:
    text = json.dumps({f"member{index}": ["s3://my-bucket/prefix/", index, {"a": None}] for index in range(4_000)})
    assert 200_000 < len(text) < 262_144
    started = time.perf_counter()
    strict_json.loads(text)
    # Fifty times what it takes here.
    assert time.perf_counter() - started < 0.3


def test_a_stack_that_is_nearly_full_is_no_crash() -> None:
    text = "[" * 100 + "]" * 100

    def deeper(levels: int) -> Any:
        return deeper(levels - 1) if levels else strict_json.loads(text)

    frames = 0
    frame: Any = sys._getframe()  # noqa: SLF001 the only way to the caller's frame
    while frame:
        frames, frame = frames + 1, frame.f_back
    with pytest.raises(UnreadableInputError, match=r"^this process can't read the JSON$"):
        deeper(sys.getrecursionlimit() - frames - 60)


def test_limits_of_the_process_are_no_crash() -> None:
    usual = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(700)
    try:
        assert fault("9" * 701) == ("this process can't read the JSON", None, None)
    finally:
        sys.set_int_max_str_digits(usual)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", {}),
        (" ", {}),
        ("{", {}),
        ("{}", {}),
        ('{"a"', {}),
        ('{"a": 1', {}),
        ('{"a": 1,', {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ('{"a": {"x": 1, "y": [2]}, "b": {"c": 3', {"a": {"x": 1, "y": [2]}}),
        ('{"a": 1, "b": "s3://', {"a": 1}),
        ('{"a": 1, "b": tr', {"a": 1}),
        ('{"a": 1, "b": "\\u00', {"a": 1}),
        ('{"a": 1, "b": "\\', {"a": 1}),
        ('[{"a": 1},', {}),
    ],
)
def test_a_member_is_complete_before_a_comma_or_the_end_of_the_object(text: str, members: dict[str, Any]) -> None:
    assert strict_json.beginning(text) == members


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a"', 'duplicate key "a"'),
        ('{"a": 01,', 'a value is expected, not "01"'),
        ('{"a": 1}}', "text follows the end of the document"),
        ("\ufeff", "the text starts with a byte order mark"),
        ('{"a": "\\ud800",', "the lone surrogate U+D800 is no character"),
    ],
)
def test_a_beginning_that_nothing_can_continue_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableInputError) as caught:
        strict_json.beginning(text)
    assert caught.value.message == message


def test_numbers_stay_what_they_are() -> None:
    values = strict_json.loads("[1, 1.0, 1e2, -0.0]")
    assert [type(value) for value in values] == [int, float, float, float]
    assert math.copysign(1, values[3]) == -1
