"""Where the members of a JSON or YAML file stand, for what is shown beside a decision. It judges no file."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from sealgate.errors import UnreadableInputError
from sealgate.reading import streams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sealgate.reading.places import Located

# Some seconds of reading: nobody waits longer for lines.
_MOST_BYTES = 1024 * 1024


def read_places(path: str | Path) -> Sequence[Located]:
    """Return the documents of a file with the places of their members; none where they can't be told.

    YAML's parser finds its way in JSON too. It does not take a few texts that JSON allows, and nobody waits for large
    files: those have no places.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 whatever names a file
    except OSError:
        return ()
    return _read(os.path.abspath(path), found.st_mtime_ns, found.st_size)  # noqa: PTH100 whatever names a file


# The objects of a manifest are asked about one after the other.
@lru_cache(maxsize=1)
def _read(path: str, _changed: int, _size: int) -> Sequence[Located]:
    # Reading YAML takes a library that nobody should wait for who needs no lines.
    from sealgate.reading import strict_yaml  # noqa: PLC0415 imported where it is used: start-up stays short

    try:
        return strict_yaml.load_all(streams.read_file(path, limit=_MOST_BYTES).decode())
    except (ValueError, UnreadableInputError):
        return ()
