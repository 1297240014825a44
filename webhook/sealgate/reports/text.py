"""Text for a terminal and a CI log: colours, wrapping, and nothing in it that either would obey."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Style: TypeAlias = Literal["good", "bad", "doubtful", "quiet", "strong"]

_CODES: dict[Style, str] = {"good": "32", "bad": "1;31", "doubtful": "33", "quiet": "2", "strong": "1"}

# GitHub takes ::name::, TeamCity and Azure ##name[.
_COMMAND = re.compile(r"(?<!\S):(?=:)|#(?=#)")


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
    """Return the text on one line, with everything that is not printable escaped: names come from requests.

    So are the beginnings of commands that CI systems read from a log: `::` where a line may begin with it, and `##`
    anywhere.
    """
    line = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text.strip().replace("\n", " ")
    )
    return _COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", line)


def as_json(value: object) -> str:
    """Return the value as JSON, indented, every text in ASCII, with no command for a CI system in it."""
    # The # can only stand in a string there.
    return json.dumps(value, indent=2, sort_keys=True).replace("##", "#\\u0023")


def counted(count: int, name: str) -> str:
    """Return `1 input` or `2 inputs` for `input(s)`."""
    return f"{count} {name.replace('(s)', '' if count == 1 else 's')}"


def where(path: Sequence[str | int]) -> str:
    """Return a path as people write it: `JobConfigDocument → OutputDataConfig.KmsKeyArn`, `Tags[2].Key`.

    The arrow leads into a document that is itself a string: AWS names such members ...Document.
    """
    text = ""
    into_document = False
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f"{(' → ' if into_document else '.') if text else ''}{step}"
        into_document = isinstance(step, str) and step.endswith("Document")
    return text
