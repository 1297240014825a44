"""Files, as they come: JSON or YAML, in UTF-8 or what an editor made of it."""

from __future__ import annotations

import codecs
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json
from sealgate.reading.places import Located

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read."""

STANDARD_INPUT = "-"

_YAML = {".yaml", ".yml"}
_SUFFIXES = {".json", *_YAML}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_file(path: str | Path) -> Any:  # noqa: ANN401 any JSON value
    """Return the value of a JSON or YAML file; `-` is standard input.

    `.json` is JSON, `.yaml` and `.yml` are YAML; anything else is JSON when it starts like an object, a list or a
    string of JSON, and YAML otherwise. A byte order mark is taken for what it says (UTF-8 or UTF-16).

    Raises UnreadableInputError, with the path and the place, for a file that is not there, is larger than MAX_BYTES,
    is empty, or is not as strict as `strict_json.loads` and `strict_yaml.load` ask.
    """
    value = read_located(path).value
    if value is None:
        raise UnreadableInputError("it is empty", source=_source(path))
    return value


def read_located(path: str | Path) -> Located:
    """Return what `read_file` does, with the places of the members where the file is YAML; null where it is empty."""
    source = _source(path)
    text = _text(_content(path, source), source)
    if _is_json(path, text):
        return Located(strict_json.loads(text, source=source))
    # Reading YAML takes a library that nobody should wait for who has JSON only.
    from sealgate.reading import strict_yaml  # noqa: PLC0415 imported where it is used: start-up stays short

    return strict_yaml.load(text, source=source)


def expand_paths(paths: Iterable[str | Path]) -> list[str]:
    """Return the paths with each folder replaced by the `.json`, `.yaml` and `.yml` files below it, sorted.

    Hidden files and folders (`.name`) are left out. Raises UnreadableInputError for a folder with no such file:
    nothing was checked there, and nobody should think so.
    """
    return [file for path in paths for file in (_below(Path(path)) if Path(path).is_dir() else [str(path)])]


def _below(folder: Path) -> list[str]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(parent, name)
            for name in names
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in _SUFFIXES  # noqa: PTH122 a Path for each of many files
        ]
    if not found:
        raise UnreadableInputError("no .json, .yaml or .yml file is in this folder", source=str(folder))
    return [str(path) for path in sorted(found)]


def _source(path: str | Path) -> str:
    return "<stdin>" if str(path) == STANDARD_INPUT else str(path)


def _content(path: str | Path, source: str) -> bytes:
    try:
        if str(path) == STANDARD_INPUT:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableInputError(f"it can't be read: {reason}", source=source) from error
    if len(data) > MAX_BYTES:
        raise UnreadableInputError(f"it is larger than {MAX_BYTES // 1024**2} MiB", source=source)
    return data


def _text(data: bytes, source: str) -> str:
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding, errors="ignore")
        line, column = strict_json.position(before, len(before))
        message = f"the byte 0x{error.object[error.start]:02x} is no {encoding.removesuffix('-sig').upper()}"
        raise UnreadableInputError(message, source=source, line=line, column=column) from error


def _is_json(path: str | Path, text: str) -> bool:
    suffix = Path(path).suffix.lower()
    return suffix == ".json" or (suffix not in _YAML and text.lstrip()[:1] in {"{", "[", '"'})
