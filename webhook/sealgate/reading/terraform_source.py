"""Where the blocks of a Terraform configuration stand: a scanner of block headers, not a reader of HCL."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sealgate.reading import members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.reading.places import Located

_LOCAL = ("./", "../")
_SUFFIXES = (".tf", ".tf.json", ".tofu", ".tofu.json")
_DEEPEST = 100

# A step of an address with its key: aws_kms_key, module, jobs["a.b"], worker[0].
_STEP = re.compile(r'([^\W\d][\w-]*)(?:\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?(\.|$)')


class _Block(NamedTuple):
    """The header of a block at the root of a file; `source` is what a module block names."""

    header: tuple[str, ...]
    line: int
    source: str | None = None


@dataclass(frozen=True)
class SourceTree:
    """The configuration whose root module is in `folder`. Its files are read once, when they are asked for."""

    folder: str
    _modules: dict[str, _Module] = field(default_factory=dict)

    def find(self, address: str) -> tuple[str, int] | None:
        """Return the file and line of the block that declares the resource with this address, or None.

        Modules with a local source are followed. A resource of any other module stands where its nearest module
        block in the configuration does. Keys and indices do not matter: all instances come from one block.
        """
        steps = _steps(address)
        folder, found = self.folder, None
        while steps[:1] == ["module"]:
            declared = self._module(folder).blocks.get(tuple(steps[:2]))
            if declared is None:
                return found
            file, block = declared
            found = (file, block.line)
            steps = steps[2:]
            if block.source is None or not block.source.startswith(_LOCAL):
                return found
            folder = os.path.normpath(os.path.join(folder, block.source))  # noqa: PTH118 modules are known by their text
        header = tuple(steps) if steps[:1] == ["data"] else ("resource", *steps)
        declared = self._module(folder).blocks.get(header)
        return found if declared is None else (declared[0], declared[1].line)

    def _module(self, folder: str) -> _Module:
        return self._modules.setdefault(folder, _Module(folder))


@dataclass(frozen=True)
class _Module:
    folder: str

    @cached_property
    def blocks(self) -> dict[tuple[str, ...], tuple[str, _Block]]:
        """The blocks by their header, each with its file. What overrides a block is no place where it is declared."""
        found: dict[tuple[str, ...], tuple[str, _Block]] = {}
        for file in sorted(self._files(), key=lambda file: (_overrides(file), file)):
            for block in _blocks(file):
                found.setdefault(block.header, (file, block))
        return found

    def _files(self) -> Iterator[str]:
        try:
            with os.scandir(self.folder) as entries:
                yield from (entry.path for entry in entries if entry.name.endswith(_SUFFIXES))
        except (OSError, ValueError):
            # There is no such folder, or there can be none.
            return


def _overrides(file: str) -> bool:
    stem = os.path.basename(file).partition(".")[0]  # noqa: PTH119 no file system is asked
    return stem == "override" or stem.endswith("_override")


def _steps(address: str) -> list[str]:
    """Return the names in an address without their keys; none where it is no address."""
    names = []
    end = 0
    while end < len(address):
        step = _STEP.match(address, end)
        if step is None:
            return []
        names.append(step[1])
        end = step.end()
    return names


def _blocks(file: str) -> Iterator[_Block]:
    if file.endswith(".json"):
        return (block for document in members.read_places(file) for block in _blocks_of_json(document))
    try:
        text = Path(file).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        # Terraform itself says what is wrong with it; here it only has no lines.
        return iter(())
    return _Scanner(text).blocks()


def _blocks_of_json(content: Located) -> Iterator[_Block]:
    for kind, labels in (("resource", 2), ("data", 2), ("module", 1)):
        for path, names, body in _labelled(content.value, (), (kind,), labels + 1):
            line, _ = content.position(path)
            source = body.get("source") if isinstance(body, dict) else None
            header = (kind, *names)
            yield _Block(header, line or 1, source if kind == "module" and isinstance(source, str) else None)


def _labelled(
    value: object, path: tuple[str | int, ...], wanted: tuple[str, ...], depth: int
) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...], Any]]:
    """Yield what stands under `depth` names, the first of them `wanted`. A list stands for each of its elements."""
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from _labelled(element, (*path, index), wanted, depth)
    elif isinstance(value, dict):
        for name in wanted or value:
            if name not in value:
                continue
            if depth == 1:
                yield (*path, name), (name,), value[name]
                continue
            for place, names, body in _labelled(value[name], (*path, name), (), depth - 1):
                yield place, names if wanted else (name, *names), body


_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*|//[^\n]*)
    |(?P<long_comment>/\*)
    |<<-?(?P<heredoc>[^\W\d][\w-]*)[ \t]*\r?\n
    |(?P<quote>")
    |(?P<name>[^\W\d][\w-]*)
    |(?P<open>[{(\[])
    |(?P<close>[})\]])
    |(?P<mark>[=\n])
    """,
    re.VERBOSE,
)
_IN_STRING = re.compile(r'\\.|(?P<end>["\n])|(?:\$\$|%%)\{|(?P<template>[$%]\{)', re.DOTALL)


class _Scanner:
    """Goes once through the text of a file, over strings, heredocs and comments, and keeps the headers it passes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._templates = 0

    def blocks(self) -> Iterator[_Block]:
        """Yield the blocks at the root. What is no HCL ends it without an error."""
        header: list[str] = []
        line = 1
        while (token := self._next()) is not None:
            kind, text = token
            if kind == "name" and not header:
                header, line = [text], self._line_at(self._at)
            elif header and kind in {"name", "string"}:
                header.append(text)
            elif kind == "open":
                source = self._body(is_module=text == "{" and header[:1] == ["module"])
                if text == "{" and header:
                    yield _Block(tuple(header), line, source)
                header = []
            else:
                header = []

    def _body(self, *, is_module: bool) -> str | None:
        """Go past the bracket that closes the one that was just read; return the `source` of a module's block."""
        depth = 1
        source = None
        before: list[tuple[str, str]] = []
        while depth and (token := self._next()) is not None:
            kind, text = token
            depth += (kind == "open") - (kind == "close")
            if is_module and depth == 1 and kind == "string" and before[-2:] == [("name", "source"), ("mark", "=")]:
                source = text
            before = [*before[-1:], token]
        return source

    def _next(self) -> tuple[str, str] | None:
        """Return the next token that counts, with its text."""
        while (match := _TOKEN.search(self._text, self._at)) is not None:
            kind = str(match.lastgroup)
            self._at = match.end()
            if kind == "long_comment":
                self._go_past("*/")
            elif kind == "heredoc":
                self._go_past_heredoc(match["heredoc"])
                return "heredoc", ""
            elif kind == "quote":
                return "string", self._string()
            elif kind != "comment":
                return kind, match[0]
        return None

    def _go_past(self, text: str) -> None:
        found = self._text.find(text, self._at)
        self._at = len(self._text) if found < 0 else found + len(text)

    def _go_past_heredoc(self, name: str) -> None:
        end = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*\r?$", re.MULTILINE).search(self._text, self._at)
        self._at = len(self._text) if end is None else end.end()

    def _string(self) -> str:
        """Go past a string whose quote was just read, and return it as it is written."""
        start = self._at
        while (match := _IN_STRING.search(self._text, self._at)) is not None:
            self._at = match.end()
            if match["end"]:
                return self._text[start : match.start()]
            if match["template"] and self._templates < _DEEPEST:
                self._templates += 1
                self._body(is_module=False)
                self._templates -= 1
        self._at = len(self._text)
        return ""

    def _line_at(self, place: int) -> int:
        self._line += self._text.count("\n", self._counted, place)
        self._counted = place
        return self._line
