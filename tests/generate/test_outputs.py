from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealgate.generate import outputs
from sealgate.generate.outputs import GenerationError

if TYPE_CHECKING:
    from pathlib import Path


def two_files(_: Path) -> dict[str, bytes]:
    return {"a.json": b"{}\n", "deep/er/b.md": b"# B\n"}


def failing(_: Path) -> dict[str, bytes]:
    raise GenerationError("source.rego: it is wrong")


def test_files_are_written_and_then_up_to_date(tmp_path: Path) -> None:
    assert outputs.main(two_files, [], tmp_path) == 0
    assert (tmp_path / "deep/er/b.md").read_bytes() == b"# B\n"
    assert outputs.main(two_files, ["--check"], tmp_path) == 0


def test_check_names_what_is_missing_or_differs_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_bytes(b"[]\n")
    assert outputs.main(two_files, ["--check"], tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == [
        "a.json is not up to date: run `make generate`",
        "deep/er/b.md is not up to date: run `make generate`",
    ]
    assert (tmp_path / "a.json").read_bytes() == b"[]\n"
    assert not (tmp_path / "deep").exists()


def test_file_that_is_right_is_left_untouched(tmp_path: Path) -> None:
    outputs.write(tmp_path, two_files(tmp_path))
    before = (tmp_path / "a.json").stat().st_mtime_ns
    (tmp_path / "deep/er/b.md").write_bytes(b"")
    outputs.write(tmp_path, two_files(tmp_path))
    assert (tmp_path / "a.json").stat().st_mtime_ns == before
    assert (tmp_path / "deep/er/b.md").read_bytes() == b"# B\n"


def test_wrong_sources_are_said_and_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outputs.main(failing, [], tmp_path) == 1
    assert capsys.readouterr().err == "source.rego: it is wrong\n"


def test_missing_opa_is_said_with_what_builds_it(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="opa is missing: run `make tools`"):
        outputs.run_opa(tmp_path, "version")


def test_json_is_ordered_and_keeps_its_letters() -> None:
    assert outputs.as_json({"b": "é", "a": []}) == '{\n  "a": [],\n  "b": "é"\n}\n'.encode()


def test_folded_json_keeps_on_a_line_what_fits_and_stays_the_same_document() -> None:
    document = {"statements": [{"actions": ["kms:Decrypt"] * 4}, {"effect": "Allow"}], "empty": {}, "text": "é" * 60}
    text = outputs.folded(document, width=40)
    assert json.loads(text) == document
    assert text.splitlines() == [
        "{",
        '  "statements": [',
        "    {",
        '      "actions": [',
        *['        "kms:Decrypt",'] * 3,
        '        "kms:Decrypt"',
        "      ]",
        "    },",
        '    {"effect": "Allow"}',
        "  ],",
        '  "empty": {},',
        f'  "text": "{"é" * 60}"',
        "}",
    ]
    assert outputs.folded(document, width=200) == json.dumps(document, ensure_ascii=False)
