"""A JSON text looked at in parts, each read when it is asked for: what nobody asks for takes no memory."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import msgspec

from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json
from sealgate.reading.places import pointer
from sealgate.reading.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.reading.places import Path

Read = TypeVar("Read")

_BLANKS: Final = re.compile(rb"[ \t\n\r]*+")
_KEY: Final = re.compile(rb'[{,][ \t\n\r]*+(?P<name>"(?:[^"\\]|\\.)*+")[ \t\n\r]*+:[ \t\n\r]*+', re.DOTALL)
_MALFORMED: Final = re.compile(r"(?:JSON is malformed: )?(?P<what>.*?)(?: \(byte (?P<offset>[0-9]+)\))?")
_CONTINUATION: Final = bytes(range(0x80, 0xC0))
_CHUNK: Final = 1024 * 1024
# A text of this size is walked in a moment, to tell the place and the fault in the words of every other input.
_WALKED: Final = 1024 * 1024

_KINDS: Final = {
    b"{": "an object",
    b"[": "a list",
    b'"': "a string",
    b"t": "a boolean",
    b"f": "a boolean",
    b"n": "null",
}


class Part:
    """A value in a JSON text: where it stands, and the steps that lead there.

    What `members` and `elements` pass over is known to be JSON, but not held against what `strict_json` asks beyond
    that; what `value` returns is. The text must not change.
    """

    __slots__ = ("_end", "_source", "_start", "_text", "path")

    def __init__(self, text: bytearray, start: int, end: int, path: Path, source: str | None) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._source = source
        self.path = path

    @classmethod
    def whole(cls, text: bytearray, source: str | None) -> Part:
        """Return the value that the text in UTF-8 is; whether it is one is seen when it is looked at."""
        return cls(text, _blanks_end(text, 0), len(text), (), source)

    @property
    def kind(self) -> str:
        """Return what it is, with its article: `a list`."""
        return _KINDS.get(bytes(self._text[self._start : self._start + 1]), "a number")

    def members(self) -> dict[str, Part]:
        """Return the members of an object. Raises UnreadableInputError for anything else, and for a duplicate key."""
        if self.kind != "an object":
            self.refuse(f"is {self.kind}, not an object")
        members: dict[str, Part] = {}
        begun = offset = self._start
        for name, content in self.read(dict[str, msgspec.Raw]).items():
            key = self._key(offset)
            # Of two equal keys the decoder has taken the value of the last: then something is not where it should be.
            if key is None or key[0] != name or not self._text.startswith(memoryview(content), key[1]):
                self._refuse_duplicate(offset if key else begun)
            start = key[1]
            end = start + memoryview(content).nbytes
            members[name] = Part(self._text, start, end, (*self.path, name), self._source)
            begun, offset = offset, _blanks_end(self._text, end)
        if members and self._text[offset : offset + 1] != b"}":
            self._refuse_duplicate(offset if self._key(offset) else begun)
        return members

    def elements(self) -> Iterator[Part]:
        """Yield the elements of a list. Raises UnreadableInputError for anything else."""
        if self.kind != "a list":
            self.refuse(f"is {self.kind}, not a list")
        offset = self._start
        for index, content in enumerate(self.read(list[msgspec.Raw])):
            start = _blanks_end(self._text, offset + 1)
            end = start + memoryview(content).nbytes
            yield Part(self._text, start, end, (*self.path, index), self._source)
            offset = _blanks_end(self._text, end)

    def read(self, form: type[Read]) -> Read:
        """Return it as msgspec reads it into `form`, which takes any value of its kind."""
        try:
            return msgspec.json.decode(memoryview(self._text)[self._start : self._end], type=form)
        except RecursionError:
            self._fail("it is nested too deeply", self._start)
        except UnicodeDecodeError as error:
            self._fail(f"the byte 0x{error.object[error.start]:02x} is no UTF-8", self._start)
        except msgspec.DecodeError as error:
            self._refuse_malformed(str(error))

    def peek(self, name: str) -> object:
        """Return one member of an object as msgspec reads it; None where it is missing, or this is no object.

        Where a member stands twice, the last one counts.
        """
        return getattr(self.read(_only(name)), name) if self.kind == "an object" else None

    def value(self) -> Any:  # noqa: ANN401 any JSON value
        """Return it as `strict_json.loads` reads it. Raises UnreadableInputError with the place of the first fault."""
        try:
            return strict_json.loads(bytes(self._text[self._start : self._end]))
        except UnreadableInputError as error:
            line, column = self._place(self._start)
            if error.line is not None and error.column is not None:
                column = error.column + (column - 1 if error.line == 1 else 0)
                line += error.line - 1
            raise UnreadableInputError(error.message, source=self._source, line=line, column=column) from None

    def refuse(self, message: str) -> NoReturn:
        """Raise UnreadableInputError with its place: what it is, or is not."""
        self._fail(f"{pointer(*self.path) or 'the document'} {message}", self._start)

    def _key(self, offset: int) -> tuple[str, int] | None:
        """Return the key behind the brace or comma at `offset`, and where its value begins."""
        match = _KEY.match(self._text, offset)
        if match is None:
            return None
        return json.loads(match["name"]), match.end()

    def _refuse_duplicate(self, offset: int) -> NoReturn:
        """Refuse the key behind the brace or comma at `offset`: one of two that are equal."""
        name, _ = self._key(offset) or ("", 0)
        self._fail(f"duplicate key {quoted(name)}", _blanks_end(self._text, offset + 1))

    def _refuse_malformed(self, told: str) -> NoReturn:
        if self._end - self._start <= _WALKED:
            self.value()
        if told == "Input data was truncated":
            self._fail("the text ends before the document does", self._end)
        match = _MALFORMED.fullmatch(told)
        what, offset = (match["what"], int(match["offset"] or 0)) if match else (told, 0)
        self._fail(f"this is no JSON: {what}", self._start + offset)

    def _fail(self, message: str, offset: int) -> NoReturn:
        line, column = self._place(offset)
        raise UnreadableInputError(message, source=self._source, line=line, column=column)

    def _place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a byte, counted in characters and from 1."""
        begin = self._text.rfind(b"\n", 0, offset) + 1
        chunks = (self._text[at : min(at + _CHUNK, offset)] for at in range(begin, offset, _CHUNK))
        column = 1 + sum(len(chunk.translate(None, _CONTINUATION)) for chunk in chunks)
        return self._text.count(b"\n", 0, offset) + 1, column


@cache
def _only(name: str) -> type[msgspec.Struct]:
    return msgspec.defstruct("Only", [(name, Any, None)])


def _blanks_end(text: bytearray, offset: int) -> int:
    match = _BLANKS.match(text, offset)
    return match.end() if match else offset
