"""YAML that means one thing only: the values of JSON, written as YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json
from sealgate.reading.places import Located
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from sealgate.reading.places import Path


def load(text: str, *, source: str | None = None) -> Located:
    """Return the one document of a YAML text; a text without one is null.

    Plain scalars are what YAML 1.2 has in common with JSON: true, false, null, and numbers as JSON writes them. All
    others are strings: timestamps, yes and no, 0x1F, numbers with leading zeros. Refused: duplicate keys, keys that
    are no strings, anchors and aliases, tags, infinity and NaN, more than strict_json.MAX_DEPTH levels, several
    documents.

    Raises UnreadableInputError with the place of the first fault; `source` names the text in it.
    """
    documents = _documents(text, source, several=False)
    return documents[0] if documents else Located(None)


def load_all(text: str, *, source: str | None = None) -> list[Located]:
    """Return every document of a YAML text, each as `load` does; one that is empty is null."""
    return _documents(text, source, several=True)


def _documents(text: str, source: str | None, *, several: bool) -> list[Located]:
    if (unprintable := _UNPRINTABLE.search(text)) is not None:
        line, column = strict_json.position(text, unprintable.start())
        message = f"the character U+{ord(unprintable[0]):04X} may not stand in YAML"
        raise UnreadableInputError(message, source=source, line=line, column=column)
    builder = _Builder(source, several=several)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.go_to(error.problem_mark)
        builder.refuse(f"this is no YAML: {error.problem}")
    return builder.documents


# libyaml's parser, where PyYAML was built with it, is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Only PyYAML's own parser takes it, as an escape.
_SURROGATE = re.compile("[\ud800-\udfff]")

_CONSTANTS = {
    "": None,
    "~": None,
    **dict.fromkeys(["null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass
class _Open:
    """An object or a list that is not complete yet."""

    content: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


class _Builder:
    """Makes values of the parser's events, without recursion."""

    def __init__(self, source: str | None, *, several: bool) -> None:
        self.documents: list[Located] = []
        self._positions: dict[Path, tuple[int, int]] = {}
        self._source = source
        self._several = several
        self._open: list[_Open] = []
        self._position = (1, 1)

    def take(self, event: yaml.Event) -> None:
        """Go on by one event of the parser. Raises UnreadableInputError."""
        self.go_to(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.refuse("an alias (*name) stands for another part of the file: write the value out")
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_properties(event.anchor, event.tag)
            if _SURROGATE.search(event.value):
                self.refuse("a surrogate (\\ud800 to \\udfff) is no character")
            is_plain, _ = event.implicit
            self._put(self._plain(event.value) if is_plain else event.value)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_properties(event.anchor, event.tag)
            self._put({} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.documents and not self._several:
            self.refuse("a second document starts here, and one is read")

    def go_to(self, mark: Any) -> None:  # noqa: ANN401 each of PyYAML's parsers has its own class
        """Take note of where the parser is."""
        self._position = (mark.line + 1, mark.column + 1) if mark else self._position

    def refuse(self, message: str) -> NoReturn:
        """Raise UnreadableInputError for what stands where the parser is."""
        line, column = self._position
        raise UnreadableInputError(message, source=self._source, line=line, column=column)

    def _refuse_properties(self, anchor: str | None, tag: str | None) -> None:
        if anchor is not None:
            self.refuse("an anchor (&name) is no part of a value: leave it out")
        if tag is not None:
            self.refuse(f"a tag ({tag}) is no part of a value: leave it out")

    def _put(self, value: Any) -> None:  # noqa: ANN401 any JSON value
        """Put a value, or an object or list that begins, where it belongs."""
        holder = self._open[-1] if self._open else None
        path: Path = ()
        if holder is None:
            self._positions = {}
            self.documents.append(Located(value, self._positions))
        elif isinstance(holder.content, list):
            path = (*holder.path, len(holder.content))
            self._positions[path] = self._position
            holder.content.append(value)
        elif holder.key is None:
            holder.key = self._key(value, holder.content)
            self._positions[*holder.path, holder.key] = self._position
            return
        else:
            path = (*holder.path, holder.key)
            holder.content[holder.key], holder.key = value, None
        if isinstance(value, dict | list):
            if len(self._open) == strict_json.MAX_DEPTH:
                self.refuse(f"it is nested deeper than {strict_json.MAX_DEPTH} levels")
            self._open.append(_Open(value, path))

    def _key(self, key: object, content: dict[str, Any]) -> str:
        if isinstance(key, dict | list):
            self.refuse(f"a key is a string, and here is {kind(key)}")
        if not isinstance(key, str):
            self.refuse(f"this key is read as {kind(key)}: put it in quotes")
        if key in content:
            self.refuse(f"duplicate key {quoted(key)}")
        return key

    def _plain(self, text: str) -> str | float | bool | None:
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _NO_NUMBER.fullmatch(text):
            self.refuse(f"{text} is no number of JSON")
        if not strict_json.NUMBER.fullmatch(text):
            return text
        try:
            number: float = strict_json.loads(text)
        except UnreadableInputError as error:
            self.refuse(error.message)
        return number
