"""Places in a value: JSON Pointers (RFC 6901), and where in a file a part stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]


class Located(NamedTuple):
    """A value, and the line and column (from 1) of each member and element in it, as far as they are known."""

    value: Any
    positions: Mapping[Path, tuple[int, int]] = {}

    def position(self, path: Path) -> tuple[int | None, int | None]:
        """Return the line and column of a part, or of the nearest one around it that has them."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (None, None))


def pointer(*steps: str | int) -> str:
    """Return the pointer that takes these steps, such as `/keys/arn:aws:kms:...`; without steps `""`, the whole."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
