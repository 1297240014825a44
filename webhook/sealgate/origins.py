"""Where, in the files that people edit, the subjects of a decision and their members stand. It changes no verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sealgate.reading import streams
from sealgate.reading.members import read_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sealgate.reading.places import Located
    from sealgate.reading.places import Path as Place
    from sealgate.reading.terraform_source import SourceTree

STANDARD_INPUT = streams.name(streams.STANDARD_INPUT)
"""What the source of an input is called that has no file."""


class Location(NamedTuple):
    """A file, as a path from the working directory where it is below it, and a line in it (from 1) if it is known."""

    file: str
    line: int | None = None


Locate: TypeAlias = "Callable[[str, Sequence[str | int]], Location | None]"
"""Takes a subject and the path to a member of it, and returns where that stands, as far as it is known."""

# Where the members that findings name may begin in a file, by the kind of subject.
_ROOTS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "aws_request": (("parameters",), (), ("subject", "aws_request", "parameters")),
    "kubernetes_object": ((), ("subject", "kubernetes_object", "object"), ("request", "object")),
}
_MEMBERS = {"aws_request": "parameters", "kubernetes_object": "object"}


def nowhere(_subject: str, _path: Sequence[str | int]) -> Location | None:
    """Know of no file: a Locate."""
    return None


def of_input(source: str, subject: Mapping[str, Any], tree: SourceTree | None, place: Place = ()) -> Locate:
    """Return a Locate for the decision on the subject of an input document, which came from the file `source`.

    Of a file with several inputs `place` says where in it this one stands, as in `inputs.Input`.

    The resources of a plan stand where its `_loc` members say (tfplan-origins writes them), or where their blocks
    are found in `tree`; the members of a request or an object in the file itself. Files are read when they are asked
    for.
    """
    [kind] = subject
    if kind == "terraform_plan":
        return _of_plan(subject[kind], tree)
    if kind not in _ROOTS or source == STANDARD_INPUT:
        return nowhere
    members = subject[kind].get(_MEMBERS[kind])
    if place:
        return _of_part(source, place)
    return _of_members(source, _ROOTS[kind], members)


def shown_path(path: str) -> str:
    """Return a path as tools and people compare it: from the working directory where it is below it, with slashes."""
    if os.path.isabs(path):  # noqa: PTH117 texts, not files: nothing is asked of the file system
        relative = os.path.relpath(path)
        path = path if relative.startswith(os.pardir) else relative
    return os.path.normpath(path).replace(os.sep, "/")


def _of_plan(plan: Mapping[str, Any], tree: SourceTree | None) -> Locate:
    given = {
        change["address"]: location
        for change in plan.get("resource_changes") or ()
        if isinstance(change, dict) and isinstance(change.get("address"), str) and (location := _given(change))
    }

    def locate(subject: str, _: Sequence[str | int]) -> Location | None:
        if subject in given:
            return given[subject]
        found = tree.find(subject) if tree is not None else None
        return None if found is None else Location(shown_path(found[0]), found[1])

    return locate


def _given(change: Mapping[str, Any]) -> Location | None:
    origin = change.get("_loc")
    if not isinstance(origin, dict) or not isinstance(origin.get("file"), str) or not origin["file"]:
        return None
    line = origin.get("line")
    return Location(shown_path(origin["file"]), line if type(line) is int and line > 0 else None)


def _of_part(source: str, place: Place) -> Locate:
    def locate(_subject: str, path: Sequence[str | int]) -> Location | None:
        number, *root = place
        documents = read_places(source)
        if not documents:
            return Location(shown_path(source))
        document = documents[int(number)]
        # The first member of an object stands where the object begins.
        first = next(iter(_at(document.value, root) or ()), "")
        line, _ = document.position((*root, *(path or (first,))))
        return Location(shown_path(source), line)

    return locate


def _of_members(source: str, roots: Sequence[tuple[str, ...]], members: object) -> Locate:
    located: list[tuple[Located, tuple[str, ...]] | None] = []

    def locate(_subject: str, path: Sequence[str | int]) -> Location | None:
        if not path:
            # The whole file: nobody waits until it is read once more.
            return None
        if not located:
            located.append(_places(source, roots, members))
        line = None
        if located[0] is not None:
            places, root = located[0]
            line, _ = places.position((*root, *path))
        return Location(shown_path(source), line)

    return locate


def _places(source: str, roots: Sequence[tuple[str, ...]], members: object) -> tuple[Located, tuple[str, ...]] | None:
    wanted = _without_nulls(members)
    return next(
        (
            (document, root)
            for document in read_places(source)
            for root in roots
            if wanted is not None and _without_nulls(_at(document.value, root)) == wanted
        ),
        None,
    )


def _at(value: Any, steps: Iterable[str | int]) -> Any:  # noqa: ANN401 any JSON value
    for step in steps:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def _without_nulls(value: object) -> object:
    """Return a value as it is where null means absent, which it does to Kubernetes."""
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(element) for element in value] if isinstance(value, list) else value
