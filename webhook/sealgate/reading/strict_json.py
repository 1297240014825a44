"""JSON as RFC 8259 defines it, without what two parsers may read differently."""

from __future__ import annotations

import json
import math
import re
from itertools import chain
from typing import Any, Literal, NoReturn, TypeAlias

from sealgate.errors import UnreadableInputError
from sealgate.reading.words import quoted

MAX_DEPTH = 128
"""How many objects and lists may stand in each other."""

MAX_DIGITS = 4_300
"""How many digits an integer may have: more take Python time that grows with their square."""

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?P<fraction>(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)")
"""A number as JSON writes it; `fraction` is what an integer does not have."""


def loads(text: str | bytes, *, source: str | None = None) -> Any:  # noqa: ANN401 any JSON value
    """Return the value of a JSON text; bytes are UTF-8.

    Refused, beside what is no JSON: duplicate keys at any depth, NaN and Infinity, numbers too large for a float or
    with more than MAX_DIGITS digits, a byte order mark, lone surrogates, and more than MAX_DEPTH levels. Takes time
    that grows with the length of the text, whatever stands in it.

    Raises UnreadableInputError with the place of the first fault; `source` names the text in it.
    """
    if isinstance(text, bytes):
        text = _decoded(text, source)
    decoded: tuple[Any] | None = None
    try:
        decoded = (_DECODER.decode(text),)
        if not _is_suspicious(text, decoded[0]):
            return decoded[0]
    except (ValueError, RecursionError):
        pass
    try:
        _Walk(text).run()
    except _Fault as fault:
        raise _error(text, fault, source) from None
    if decoded is None:
        # Python's own limits, lowered from outside or by a stack that is nearly full.
        raise UnreadableInputError("this process can't read the JSON", source=source)
    return decoded[0]


def beginning(text: str) -> dict[str, Any]:
    """Return the members of the root object that are complete in `text`, the beginning of a JSON text.

    A member is complete when its value is followed by a comma or by the end of the object. Raises
    UnreadableInputError where no continuation could make the text one that `loads` takes.
    """
    walk = _Walk(text)
    try:
        walk.run()
    except _Fault as fault:
        if not fault.at_end:
            raise _error(text, fault, None) from None
    return {name: _DECODER.decode(text[place]) for name, place in walk.members.items()}


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of a place in a text, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _RefusedError(ValueError):
    """A value that the decoder would have taken; where it stands is found by walking the text again."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(members)
    if len(content) != len(members):
        raise _RefusedError
    return content


def _refuse(_: str) -> NoReturn:
    raise _RefusedError


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _RefusedError
    return number


def _integer(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_DIGITS:
        raise _RefusedError
    return int(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse, parse_float=_float, parse_int=_integer)

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _is_suspicious(text: str, value: object) -> bool:
    """Say whether a text that the decoder takes needs a closer look."""
    return (
        _ESCAPED_SURROGATE.search(text) is not None
        or (not text.isascii() and _SURROGATE.search(text) is not None)
        or (text.count("[") + text.count("{") > MAX_DEPTH and _depth(value) > MAX_DEPTH)
    )


def _depth(value: object) -> int:
    depth = 0
    level = [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        elements = chain.from_iterable(part.values() if isinstance(part, dict) else part for part in level)
        level = [element for element in elements if isinstance(element, dict | list)]
    return depth


def _decoded(data: bytes, source: str | None) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = position(before, len(before))
        message = f"the byte 0x{data[error.start]:02x} is no UTF-8"
        raise UnreadableInputError(message, source=source, line=line, column=column) from None


def _error(text: str, fault: _Fault, source: str | None) -> UnreadableInputError:
    line, column = position(text, fault.offset)
    return UnreadableInputError(fault.message, source=source, line=line, column=column)


class _Fault(Exception):  # noqa: N818 it never leaves this module
    """What is wrong at an offset of a text. `at_end`: the text just stops there, and could go on rightly."""

    def __init__(self, message: str, offset: int, *, at_end: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.at_end = at_end


_BLANK = re.compile(r"[ \t\n\r]*+")
_WORD = re.compile(r'[^\s,:"\[\]{}]*+')
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_ESCAPE_BEGUN = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_SURROGATES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2}|[\ud800-\udfff])"
    r"|\\.",
)
_NO_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})

_Expected: TypeAlias = Literal["value", "first element", "key", "first key", "separator"]


class _Walk:
    """Reads a JSON text token by token, without recursion, up to its first fault.

    `members` are the members of the root object that were complete by then, as slices of the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.members: dict[str, slice] = {}
        self._offset = 0
        self._expected: _Expected = "value"
        # The objects and lists around the offset: what ends each, and the keys of an object so far.
        self._open: list[tuple[str, set[str]]] = []
        self._member = ""
        self._member_start = 0

    def run(self) -> None:
        """Read to the end. Raises _Fault."""
        if self.text.startswith("\ufeff"):
            raise _Fault("the text starts with a byte order mark", 0)
        if not self._sign():
            raise _Fault("the text is empty", 0, at_end=True)
        while self._open or self._expected == "value":
            self._step(self._sign())
        if self._sign():
            raise _Fault("text follows the end of the document", self._offset)

    def _sign(self) -> str:
        """Go to the next token and return its first character; nothing at the end."""
        self._offset = self._end_of(_BLANK)
        return self.text[self._offset : self._offset + 1]

    def _end_of(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self._offset)
        return match.end() if match else self._offset

    def _step(self, sign: str) -> None:
        if not sign:
            raise _Fault("the text ends before the document does", self._offset, at_end=True)
        if self._expected == "separator":
            self._separator(sign)
        elif (self._expected, sign) in {("first key", "}"), ("first element", "]")}:
            self._close()
        elif self._expected in {"key", "first key"}:
            self._key(sign)
        else:
            self._value(sign)

    def _separator(self, sign: str) -> None:
        end, _ = self._open[-1]
        if sign not in {",", end}:
            raise _Fault(f"a comma or {end} is expected, not {self._found()}", self._offset)
        if len(self._open) == 1 and end == "}":
            self.members[self._member] = slice(self._member_start, self._offset)
        if sign == end:
            self._close()
        else:
            self._offset += 1
            self._expected = "key" if end == "}" else "value"

    def _close(self) -> None:
        self._open.pop()
        self._offset += 1
        self._expected = "separator"

    def _key(self, sign: str) -> None:
        if sign != '"':
            raise _Fault(f"a key in double quotes is expected, not {self._found()}", self._offset)
        start = self._offset
        key = self._string()
        _, keys = self._open[-1]
        if key in keys:
            raise _Fault(f"duplicate key {quoted(key)}", start)
        keys.add(key)
        colon = self._sign()
        if colon != ":":
            message = f"a colon is expected after the key {quoted(key)}" + (f", not {self._found()}" if colon else "")
            raise _Fault(message, self._offset, at_end=not colon)
        self._offset += 1
        if len(self._open) == 1:
            self._member, self._member_start = key, self._offset
        self._expected = "value"

    def _value(self, sign: str) -> None:
        if sign in {"{", "["}:
            if len(self._open) == MAX_DEPTH:
                raise _Fault(f"it is nested deeper than {MAX_DEPTH} levels", self._offset)
            self._open.append(("}" if sign == "{" else "]", set()))
            self._expected = "first key" if sign == "{" else "first element"
            self._offset += 1
            return
        if sign == '"':
            self._string()
        else:
            self._literal()
        self._expected = "separator"

    def _literal(self) -> None:
        """Go past true, false, null or a number."""
        start, end = self._offset, self._end_of(_WORD)
        word = self.text[start:end]
        number = NUMBER.fullmatch(word)
        message = None
        if number is None and word not in {"true", "false", "null"}:
            message = f"a value is expected, not {self._found()}"
            if word in _NO_CONSTANTS:
                message = f"{word} is no JSON number"
        elif number and not number["fraction"] and len(word.removeprefix("-")) > MAX_DIGITS:
            message = f"a number has more than {MAX_DIGITS:,} digits"
        elif number and number["fraction"] and math.isinf(float(word)):
            message = f"the number {quoted(word)[1:-1]} is too large"
        if message:
            raise _Fault(message, start, at_end=end == len(self.text))
        self._offset = end

    def _string(self) -> str:
        """Go past a string and return its value."""
        start, end = self._offset, self._end_of(_STRING)
        stop = self.text[end : end + 1]
        if not stop or _ESCAPE_BEGUN.match(self.text, end):
            raise _Fault("a string is not closed", start, at_end=True)
        if stop == "\\":
            raise _Fault(f"a backslash stands before {quoted(self.text[end + 1])}, which is no escape of JSON", end)
        if stop != '"':
            raise _Fault(f"the control character U+{ord(stop):04X} stands unescaped in a string", end)
        self._offset = end + 1
        value: str
        value, _ = _DECODER.raw_decode(self.text, start)
        if _SURROGATE.search(value):
            lone = next(match for match in _SURROGATES.finditer(self.text, start, end) if match["lone"])
            code = ord(_DECODER.decode(f'"{lone[0]}"'))
            raise _Fault(f"the lone surrogate U+{code:04X} is no character", lone.start())
        return value

    def _found(self) -> str:
        """Return what stands at the offset, for a message."""
        sign = self.text[self._offset]
        return "a string" if sign == '"' else quoted(self.text[self._offset : self._end_of(_WORD)] or sign)
