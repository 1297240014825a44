"""Files, as they come: JSON or YAML, in UTF-8 or what an editor made of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sealgate.errors import UnreadableInputError
from sealgate.reading import streams, strict_json
from sealgate.reading.places import Located

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read."""

_YAML = {".yaml", ".yml"}
_SUFFIXES = {".json", *_YAML}


def read_file(path: str | Path) -> Any:  # noqa: ANN401 any JSON value
    """Return the value of a JSON or YAML file; `-` is standard input.

    `.json` is JSON, `.yaml` and `.yml` are YAML; anything else is JSON when it starts like an object, a list or a
    string of JSON, and YAML otherwise. It is unpacked and decoded as `streams.read_file` says.

    Raises UnreadableInputError, with the path and the place, for a file that is not there, is larger than MAX_BYTES,
    is empty, or is not as strict as `strict_json.loads` and `strict_yaml.load` ask.
    """
    return value(path, streams.read_file(path, limit=MAX_BYTES))


def read_located(path: str | Path) -> Located:
    """Return what `read_file` does, with the places of the members where the file is YAML; null where it is empty."""
    return _located(path, streams.read_file(path, limit=MAX_BYTES))


def documents(path: str | Path, content: bytearray) -> list[Located]:
    """Return the values of a file whose `content` is read already: several where it is YAML of several documents.

    Those that are empty are null. Raises UnreadableInputError like `read_file`, but for an empty file.
    """
    source = streams.name(path)
    text = _text(content, source)
    if _is_json(path, text):
        return [Located(strict_json.loads(text, source=source))]
    from sealgate.reading import strict_yaml  # noqa: PLC0415 imported where it is used: start-up stays short

    return strict_yaml.load_all(text, source=source)


def value(path: str | Path, content: bytearray) -> Any:  # noqa: ANN401 any JSON value
    """Return the value that `read_file` does, of a file whose `content` is read already."""
    value = _located(path, content).value
    if value is None:
        raise UnreadableInputError("it is empty", source=streams.name(path))
    return value


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


def _located(path: str | Path, content: bytearray) -> Located:
    source = streams.name(path)
    text = _text(content, source)
    if _is_json(path, text):
        return Located(strict_json.loads(text, source=source))
    # Reading YAML takes a library that nobody should wait for who has JSON only.
    from sealgate.reading import strict_yaml  # noqa: PLC0415 imported where it is used: start-up stays short

    return strict_yaml.load(text, source=source)


def _text(content: bytearray, source: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        line, column = strict_json.position(before, len(before))
        message = f"the byte 0x{content[error.start]:02x} is no UTF-8"
        raise UnreadableInputError(message, source=source, line=line, column=column) from error


def _is_json(path: str | Path, text: str) -> bool:
    suffix = Path(path).suffix.lower()
    return suffix == ".json" or (suffix not in _YAML and text.lstrip()[:1] in {"{", "[", '"'})
