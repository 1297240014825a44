from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json
from sealgate.reading.json_parts import Part


def whole(text: str | bytes) -> Part:
    return Part.whole(bytearray(text.encode() if isinstance(text, str) else text), "a")


def walked(part: Part) -> Any:
    """Return the value of a part, each object and list looked at by itself."""
    if part.kind == "an object":
        return {name: walked(member) for name, member in part.members().items()}
    return [walked(element) for element in part.elements()] if part.kind == "a list" else part.value()


def fault(text: str | bytes) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        walked(whole(text))
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        " {\n} ",
        '{"a": {"b": [1, {"c": null}, "x"]}, "d": -1.5e3 , "e":true,"f"\t:\r\n[ ]}',
        '{"a\\"b": 1, "\\u0061": 2, "é": 3, "": 4}',
        '[[], {}, "", 0, false, null, [ [ ] ]]',
        '{"a": "}", "b": "\\"", "c": "\\\\"}',
    ],
)  # fmt: skip
def test_parts_make_up_the_whole(text: str) -> None:
    assert walked(whole(text)) == json.loads(text)


def test_a_part_knows_what_it_is_and_where() -> None:
    members = whole('{"o": {"l": [0, 1]}, "s": "x", "n": 1, "m": -1, "t": true, "f": false, "z": null}').members()
    assert {name: part.kind for name, part in members.items()} == {
        "o": "an object", "s": "a string", "n": "a number", "m": "a number", "t": "a boolean", "f": "a boolean",
        "z": "null",
    }  # fmt: skip
    (_, last) = members["o"].members()["l"].elements()
    assert last.path == ("o", "l", 1)


def test_a_member_is_peeked_at() -> None:
    assert whole('{"x": [1, 01e], "type": "a"}'.replace("01e", "{}")).peek("type") == "a"
    assert whole('{"type": "a", "type": "b"}').peek("type") == "b"
    assert whole('{"type": {"a": 1}}').peek("type") == {"a": 1}
    assert whole("{}").peek("type") is None
    assert whole("[]").peek("type") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', 'a:1:2: duplicate key "a"'),
        ('{"a": 1, "a": 1}', 'a:1:10: duplicate key "a"'),
        ('{"a": 12, "a": 1}', 'a:1:2: duplicate key "a"'),
        ('{"b": 0, "a": 12, "c": 2, "a": 1}', 'a:1:10: duplicate key "a"'),
        ('{"a": 1, "b": 2,\n "a": 12}', 'a:1:2: duplicate key "a"'),
        ('{"b": [], "\\u0061": 1, "a": 1}', 'a:1:24: duplicate key "a"'),
        ('{"a": [1], "b": {"c": 1,\n"c": 1}}', 'a:2:1: duplicate key "c"'),
        ('{"é": {"a": [1,], "b": 2}}', 'a:1:16: a value is expected, not "]"'),
        ('{"é": {"a": [1', "a:1:15: the text ends before the document does"),
        ('[{"a":\n "é\\ud800"}]', "a:2:4: the lone surrogate U+D800 is no character"),
        ('{"a": "\ud800"}'.encode(errors="surrogatepass"), "a:1:8: the byte 0xed is no UTF-8"),
        (b'{"\xff": 1}', "a:1:1: the byte 0xff is no UTF-8"),
        ("[1, 2] x", "a:1:8: text follows the end of the document"),
        ("", "a:1:1: the text is empty"),
        ("x", 'a:1:1: a value is expected, not "x"'),
    ],
)
def test_faults_are_told_with_their_place(text: str | bytes, message: str) -> None:
    assert fault(text) == message


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_any_depth_is_refused_without_a_crash(opening: str) -> None:
    assert "nested too deeply" in fault(opening * 100_000)
    with pytest.raises(UnreadableInputError, match="nested deeper than 128 levels"):
        whole("[" * 500 + "]" * 500).value()


def test_the_place_of_a_fault_in_a_large_text_is_told() -> None:
    padding = '"' + "é" * 2_000_000 + '"'
    assert fault(f'{{"a": {padding},\n"b": [1 2]}}').startswith("a:2:9: this is no JSON: ")
    assert fault(f'{{"a": {padding}, "b": [1 2]}}').startswith(f"a:1:{len(padding) + 17}: this is no JSON: ")
    assert fault(f'{{"a": {padding}') == f"a:1:{len(padding) + 7}: the text ends before the document does"


def test_what_is_passed_over_costs_nothing() -> None:
    members = whole('{"a": [' + "1, " * 1_000_000 + '"\\u00e9"], "b": 1}').members()
    assert members["b"].value() == 1


@pytest.mark.parametrize(("text", "expected"), [("[]", "an object"), ("{}", "a list"), ('"x"', "an object")])
def test_what_is_something_else_is_refused_with_its_path(text: str, expected: str) -> None:
    (part,) = whole(f"[{text}]").elements()
    with pytest.raises(UnreadableInputError, match=rf"^a:1:2: /0 is (a list|an object|a string), not {expected}$"):
        _ = part.members() if expected == "an object" else list(part.elements())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES, indent=st.none() | st.integers(0, 2), ascii_only=st.booleans())
def test_any_json_is_read_in_parts_as_it_is_whole(value: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001 a case
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert walked(whole(text)) == strict_json.loads(text) == value


@given(text=st.text(alphabet='{}[]":,01e.-ab\\u nté\n', max_size=30))
def test_parts_are_never_more_lenient_than_the_whole(text: str) -> None:
    try:
        value = walked(whole(text))
    except UnreadableInputError:
        with pytest.raises(UnreadableInputError):
            strict_json.loads(text)
    else:
        assert value == strict_json.loads(text)
