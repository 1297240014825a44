from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from sealgate.errors import UnreadableInputError
from sealgate.reading import files


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(content: str | bytes, name: str) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def fault(path: str) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        files.read_file(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("a.json", '{"a": 1}', {"a": 1}),
        ("a.JSON", "[1]", [1]),
        ("a.yaml", "a: 1", {"a": 1}),
        ("a.yml", "{a: 1}", {"a": 1}),
        ("a.yaml", '{"a": [1]}', {"a": [1]}),
        ("a", '  {"a": 1}', {"a": 1}),
        ("a.txt", "[1]", [1]),
        ("a", '"x"', "x"),
        ("a", "a: 1", {"a": 1}),
        ("a.json", b'\xef\xbb\xbf{"a": "\xc3\xa9"}', {"a": "é"}),
        ("a.json", '{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        ("a.json", b"\xfe\xff" + '{"a": "é"}'.encode("utf-16-be"), {"a": "é"}),
        ("a.yaml", "a: é".encode("utf-16"), {"a": "é"}),
        ("a.json", '{"a":\r\n1}', {"a": 1}),
    ],
)
def test_json_and_yaml_are_told_apart_by_name_then_by_content(name: str, content: str | bytes, value: Any) -> None:
    assert files.read_file(written(content, name)) == value
    assert files.read_file(Path(name)) == value


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "a: 1", 'a.json:1:1: a value is expected, not "a"'),
        ("a.json", '{\n"a": 1, "a": 2}', 'a.json:2:9: duplicate key "a"'),
        ("a.yaml", "a: 1\na: 2", 'a.yaml:2:1: duplicate key "a"'),
        ("a", "{a: 1}", 'a:1:2: a key in double quotes is expected, not "a"'),
        ("a.json", "", "a.json:1:1: the text is empty"),
        ("a.yaml", "# nothing", "a.yaml: it is empty"),
        ("a.json", "null", "a.json: it is empty"),
        ("a.json", b'\xef\xbb\xbf{"a":\n"\xff"}', "a.json:2:2: the byte 0xff is no UTF-8"),
        ("a.json", b'{"a": "\xe9"}', "a.json:1:8: the byte 0xe9 is no UTF-8"),
        ("a.json", b"\xff\xfe{\x00\x00\xd8", "a.json:1:2: the byte 0x00 is no UTF-16"),
        ("a.json", b"\xef\xbb\xbf\xef\xbb\xbf{}", "a.json:1:1: the text starts with a byte order mark"),
    ],
)
def test_faults_are_told_with_file_line_and_column(name: str, content: str | bytes, message: str) -> None:
    assert fault(written(content, name)) == message


def test_what_can_not_be_opened_is_told() -> None:
    Path("folder.json").mkdir()
    assert fault("missing.json") == "missing.json: it can't be read: No such file or directory"
    assert fault("folder.json") == "folder.json: it can't be read: Is a directory"
    assert fault("a\0b") == "a\0b: it can't be read: embedded null byte"


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 2 * 1024**2)
    assert files.read_file(written("[1]".ljust(2 * 1024**2), "a.json")) == [1]
    assert fault(written("[1]".ljust(2 * 1024**2 + 1), "a.json")) == "a.json: it is larger than 2 MiB"


@pytest.mark.parametrize("content", ['{"a": 1}', "a: 1"])
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    assert files.read_file("-") == {"a": 1}


def test_faults_of_standard_input_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[1,]")))
    assert fault("-") == '<stdin>:1:4: a value is expected, not "]"'


def test_places_are_known_of_yaml_alone() -> None:
    assert files.read_located(written("a: 1", "a.yaml")).positions == {("a",): (1, 1)}
    assert files.read_located(written('{"a": 1}', "a.json")).positions == {}
    assert files.read_located(written("", "a.yaml")).value is None


def test_a_folder_stands_for_the_files_in_it() -> None:
    for name in (
        "jobs/b.json",
        "jobs/a.yaml",
        "jobs/deep/er/c.yml",
        "jobs/D.JSON",
        "jobs/readme.md",
        "jobs/.hidden.json",
        "jobs/.git/x.json",
        "jobs/json",
        "single.txt",
    ):
        written("{}", name)
    below = ["jobs/D.JSON", "jobs/a.yaml", "jobs/b.json", "jobs/deep/er/c.yml"]
    assert files.expand_paths(["-", "jobs", "single.txt", "missing", Path("jobs/json")]) == [
        "-",
        *below,
        "single.txt",
        "missing",
        "jobs/json",
    ]
    assert files.expand_paths(["jobs/.git"]) == ["jobs/.git/x.json"]


def test_a_folder_without_files_is_refused() -> None:
    written("{}", "empty/readme.md")
    with pytest.raises(UnreadableInputError, match=r"^empty: no \.json, \.yaml or \.yml file is in this folder$"):
        files.expand_paths(["empty"])
