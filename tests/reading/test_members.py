from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealgate.reading.members import read_places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text", ["a:\n  - b: c\n", '{"a":\n  [{"b": "c"}]}', '\ufeff{"a":\n\t[{"b": "c\\/d"}]}', '{\r\n"a": [{"b": 1.5}]}']
)
def test_members_of_json_and_yaml_have_places(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_bytes(text.encode())

    [places] = read_places(tmp_path / "a")

    assert places.position(("a", 0, "b"))[0] == 2


@pytest.mark.parametrize("content", [b"a: [", b"\xff{}", b"{" + b" " * 1024**2 + b"}", b'{"a": "\\ud83d\\ude00"}'[:-2]])
def test_what_has_none_is_no_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)

    assert read_places(tmp_path / "a") == ()


def test_a_file_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert read_places(tmp_path / "a") == ()


def test_each_document_has_its_own_places(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a: 1\n---\n# nothing\n---\nb:\n  c: 1\n")

    first, empty, last = read_places(tmp_path / "a")

    assert first.position(("a",)) == (1, 1)
    assert empty.value is None
    assert last.position(("b", "c")) == (6, 3)


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a: 1\n")
    assert read_places(tmp_path / "a")[0].value == {"a": 1}

    (tmp_path / "a").write_text("a: 100\n")

    assert read_places(tmp_path / "a")[0].value == {"a": 100}
