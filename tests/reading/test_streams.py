from __future__ import annotations

import contextlib
import gzip
import io
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate.errors import UnreadableInputError
from sealgate.reading import streams

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '{"a": "é𝄞"}\n'
MIB = 1024**2


def read(data: bytes, limit: int = MIB) -> str:
    return streams.read(io.BytesIO(data), limit=limit, source="a").decode()


def fault(data: bytes, limit: int = MIB) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        read(data, limit)
    return str(caught.value)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_form_of_a_text_is_the_same_in_utf_8(encoding: str, *, packed: bool) -> None:
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    data = (mark + TEXT).encode(encoding)
    assert read(gzip.compress(data) if packed else data) == TEXT


def test_a_text_longer_than_a_chunk_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "é" * (3 * MIB) + "\nx"
    for data in (text.encode(), text.encode("utf-16"), gzip.compress(text.encode("utf-16"))):
        path = tmp_path / "a"
        path.write_bytes(data)
        assert streams.read_file(path, limit=8 * MIB).decode() == text
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert streams.read_file("-", limit=8 * MIB).decode() == text


def test_several_gzip_members_are_one_text() -> None:
    assert read(gzip.compress(b"[1,") + gzip.compress(b"") + gzip.compress(b"2]")) == "[1,2]"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", gzip.compress(b"")])
def test_nothing_is_an_empty_text(data: bytes) -> None:
    assert read(data) == ""


def test_no_more_is_unpacked_than_the_limit() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(16 * MIB)) for _ in range(64)) + packer.flush()
    assert len(bomb) < 2 * MIB
    assert fault(bomb, 2 * MIB) == "a: it is larger than 2 MiB"


@pytest.mark.parametrize("form", [bytes, gzip.compress])
def test_the_limit_is_of_what_is_unpacked(form: type[bytes]) -> None:
    assert read(form(b"x" * 1000), 1000) == "x" * 1000
    with pytest.raises(streams.TooLargeError, match=r"^a: it is larger than 1,000 bytes$"):
        read(form(b"x" * 1001), 1000)


def test_damaged_gzip_is_told() -> None:
    packed = gzip.compress(TEXT.encode() * 100)
    assert fault(packed[:-9]) == "a: its gzip data ends too early: the file is not complete"
    assert fault(packed[:12]) == "a: its gzip data ends too early: the file is not complete"
    assert fault(packed[:-5] + bytes([packed[-5] ^ 1]) + packed[-4:]).startswith("a: its gzip data is damaged: ")
    assert fault(packed + b"x" * 20).startswith("a: its gzip data is damaged: ")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{}\n{x".encode("utf-16") + b"\x00", "a:2:3: the byte 0x00 is no UTF-16"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "a:1:2: the byte 0x00 is no UTF-16"),
        (b"\xfe\xff" + ("é\n" * MIB + "ab").encode("utf-16-be") + b"\xdc\x00", f"a:{MIB + 1}:3: the byte 0xdc"),
    ],
)
def test_what_is_no_utf_16_is_told_with_its_place(data: bytes, message: str) -> None:
    assert fault(data, 8 * MIB).startswith(message)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match=r"missing: it can't be read: No such file or directory$"):
        streams.read_file(tmp_path / "missing", limit=1)


@given(text=st.text(max_size=50), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), packed=st.booleans())
def test_any_text_is_read_as_it_was_written(text: str, encoding: str, packed: bool) -> None:  # noqa: FBT001 a case
    text = text.removeprefix("\ufeff")
    data = text.encode(encoding)
    assert read(gzip.compress(data) if packed else data) == text


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda data: b"\x1f\x8b\x08\0" + data))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableInputError):
        assert len(streams.read(io.BytesIO(data), limit=1000)) <= 1000
