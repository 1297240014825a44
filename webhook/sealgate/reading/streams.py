"""Bytes as they come, from a file, standard input or a request: unpacked where they are packed, and in UTF-8."""

from __future__ import annotations

import codecs
import sys
import zlib
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sealgate.errors import UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

STANDARD_INPUT: Final = "-"

_CHUNK: Final = 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_GZIP_HEADER: Final = 16 + zlib.MAX_WBITS
_MARK_BYTES: Final = 3
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class TooLargeError(UnreadableInputError):
    """There is more than the reader takes: HTTP 413."""


def name(path: str | Path) -> str:
    """Return what an input is called in messages: its path, or `<stdin>`."""
    return "<stdin>" if str(path) == STANDARD_INPUT else str(path)


def read_file(path: str | Path, *, limit: int) -> bytearray:
    """Return what a file holds, as `read` does; `-` is standard input.

    Raises UnreadableInputError, which names the file, also where it can't be read.
    """
    source = name(path)
    try:
        if str(path) == STANDARD_INPUT:
            return read(sys.stdin.buffer, limit=limit, source=source)
        with Path(path).open("rb") as file:
            return read(file, limit=limit, source=source)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableInputError(f"it can't be read: {reason}", source=source) from error


def read(stream: IO[bytes], *, limit: int, source: str | None = None) -> bytearray:
    """Return what a stream holds, in UTF-8 without a byte order mark.

    gzip is unpacked, and UTF-16 is taken where its byte order mark says so. What says to be UTF-8, or nothing, is
    passed on as it is. Raises UnreadableInputError where it is none of these, TooLargeError where there are more than
    `limit` bytes.
    """
    chunks: Iterator[bytes] = iter(partial(stream.read, _CHUNK), b"")
    text = bytearray()
    for chunk in _in_utf_8(_unpacked(chunks, source), source):
        text += chunk
        if len(text) > limit:
            raise TooLargeError(f"it is larger than {_size(limit)}", source=source)
    return text


def _size(limit: int) -> str:
    return f"{limit >> 20} MiB" if limit % 1024**2 == 0 else f"{limit:,} bytes"


def _unpacked(chunks: Iterator[bytes], source: str | None) -> Iterator[bytes]:
    first = next(chunks, b"")
    if not first.startswith(_GZIP):
        yield from chain([first], chunks)
        return
    member = zlib.decompressobj(_GZIP_HEADER)
    try:
        for packed in chain([first], chunks):
            rest = packed
            while rest:
                if member.eof:
                    member = zlib.decompressobj(_GZIP_HEADER)
                yield member.decompress(rest, _CHUNK)
                rest = member.unconsumed_tail or member.unused_data
        yield member.flush()
    except zlib.error as error:
        raise UnreadableInputError(f"its gzip data is damaged: {error}", source=source) from error
    if not member.eof:
        raise UnreadableInputError("its gzip data ends too early: the file is not complete", source=source)


def _in_utf_8(chunks: Iterator[bytes], source: str | None) -> Iterator[bytes]:
    begun = b""
    for chunk in chunks:
        begun += chunk
        if len(begun) >= _MARK_BYTES:
            break
    encoding = _UTF_16.get(begun[:2])
    if encoding is None:
        yield from chain([begun.removeprefix(codecs.BOM_UTF8)], chunks)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    line, column = 1, 1
    for chunk, is_last in chain(((chunk, False) for chunk in chain([begun[2:]], chunks)), [(b"", True)]):
        try:
            text = decoder.decode(chunk, final=is_last)
        except UnicodeDecodeError as error:
            line, column = _after(line, column, error.object[: error.start].decode(encoding))
            message = f"the byte 0x{error.object[error.start]:02x} is no UTF-16"
            raise UnreadableInputError(message, source=source, line=line, column=column) from error
        line, column = _after(line, column, text)
        yield text.encode()


def _after(line: int, column: int, text: str) -> tuple[int, int]:
    """Return the line and the column behind a text that begins at these."""
    lines = text.count("\n")
    return line + lines, len(text) - text.rfind("\n") if lines else column + len(text)
