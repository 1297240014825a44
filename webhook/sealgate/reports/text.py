"""Text for a terminal: colours, wrapping, and nothing in it that a terminal would obey."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Literal, TypeAlias

Style: TypeAlias = Literal["good", "bad", "doubtful", "quiet", "strong"]

_CODES: dict[Style, str] = {"good": "32", "bad": "1;31", "doubtful": "33", "quiet": "2", "strong": "1"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the text is written for: `width` in columns, and whether colours are understood."""

    width: int = 100
    colour: bool = False

    def paint(self, text: str, style: Style) -> str:
        """Return the text in a style, where this page has colours."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour else text

    def wrapped(self, text: str, *, label: str, indent: int, style: Style | None = None) -> str:
        """Return `label text` wrapped, its further lines below the text; only the label is painted.

        Long words (ARNs, addresses) are never broken, so that they can be copied.
        """
        start = " " * indent + label + " "
        lines = textwrap.wrap(
            printable(text),
            max(self.width - len(start), 20),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
        first = " " * indent + (self.paint(label, style) if style else label) + " " + lines[0]
        return "\n".join([first, *(" " * len(start) + line for line in lines[1:])]).rstrip()


def printable(text: str) -> str:
    """Return the text on one line, with everything that is not printable escaped: names come from requests."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text.strip().replace("\n", " ")
    )
