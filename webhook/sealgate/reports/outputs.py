"""What of a run is written where: `--output FORMAT[=FILE]`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealgate.reading.words import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealgate.reports import Report
    from sealgate.reports.text import Page

# Each is the module that is named like it: what nobody asked for is not imported.
FORMATS = ("table", "json", "sarif", "junit", "github", "gitlab", "tap", "markdown")
_MODULES = {"json": "machine"}


class Output(NamedTuple):
    """A format, and the file it is written to; None is standard output."""

    format: str
    file: str | None = None


def parse(text: str) -> Output:
    """Return what `FORMAT` or `FORMAT=FILE` asks for. Raises ValueError with what is wrong with it."""
    name, equals, file = text.partition("=")
    if name not in FORMATS:
        raise ValueError(f"{name} is none of {', '.join(FORMATS)}{did_you_mean(name, FORMATS)}")
    if equals and not file:
        raise ValueError(f"{text} names no file")
    if not equals or file == "-":
        return Output(name)
    folder = Path(file).parent
    if not folder.is_dir():
        raise ValueError(f"{text}: there is no folder {folder}")
    return Output(name, file)


def refuse_clashes(outputs: Sequence[Output]) -> None:
    """Raise ValueError where two outputs would be written to the same place."""
    printed = [output.format for output in outputs if output.file is None]
    if len(printed) > 1:
        raise ValueError(f"only one of {', '.join(printed)} fits on standard output: write the others as FORMAT=FILE")
    files = [Path(output.file).resolve() for output in outputs if output.file is not None]
    for file in files:
        if files.count(file) > 1:
            raise ValueError(f"{file} is named twice")


def render(name: str, report: Report, page: Page) -> str:
    """Return the report in a format; `page` is what a table is written for."""
    form = import_module(f"sealgate.reports.{_MODULES.get(name, name)}")
    text: str = form.render(report, page) if name == "table" else form.render(report)
    return text
