"""Inputs, as people and programs give them: what is judged, in each of its kinds, and what is said beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sealgate import settings
from sealgate.context import file as context_file
from sealgate.errors import SettingsError, UnreadableInputError
from sealgate.reading import files, manifests, plans, requests, shapes, streams
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Json: TypeAlias = dict[str, Any]

_GIVEN = ("subject", "context", "settings")
_MADE_HERE = ("parsed", "now", "context_from_caller", "question")


class Input(NamedTuple):
    """What is judged, and the context and the settings that came with it; None for those that did not."""

    subject: Json
    context: Json | None = None
    settings: Json | None = None


def read_file(path: str | Path, *, operation: str | None = None) -> Input:
    """Return what a file holds, a Terraform plan or whatever `read` takes; `-` is standard input.

    Raises UnreadableInputError, with the path and the place, for anything else.
    """
    source = streams.name(path)
    content = streams.read_file(path, limit=max(files.MAX_BYTES, plans.MAX_BYTES))
    plan = plans.read(content, source=source)
    if plan is not None:
        return Input({"terraform_plan": plan})
    if len(content) > files.MAX_BYTES:
        raise streams.TooLargeError(f"it is larger than {files.MAX_BYTES >> 20} MiB, and no plan", source=source)
    return read(files.value(path, content), allow_settings=True, operation=operation, source=source)


def read(value: object, *, allow_settings: bool, operation: str | None = None, source: str | None = None) -> Input:
    """Return what a JSON value asks about.

    `value` is a request in one of the forms of `requests.read_request`, or an input document: `{"subject", "context",
    "settings"}`, the latter two optional, settings only with `allow_settings`. Context and settings are checked
    against their schemas.

    Raises UnreadableInputError, which names `source`, for anything else.
    """
    if not isinstance(value, dict) or not _is_document(value, operation):
        return Input(requests.read_request(value, operation=operation, source=source))
    for name in value:
        if name in _MADE_HERE:
            raise UnreadableInputError(f"{quoted(name)} is made by sealgate, and can't be given", source=source)
        if name == "settings" and not allow_settings:
            raise UnreadableInputError("settings come from the service alone, and can't be given", source=source)
    shapes.refuse_other_members(value, _GIVEN, ("subject",), "an input document", source)
    return Input(
        subject=_subject(value["subject"], operation, source),
        context=context_file.read(value["context"], source=source) if "context" in value else None,
        settings=_settings(value["settings"], source) if "settings" in value else None,
    )


def _is_document(value: Json, operation: str | None) -> bool:
    """Say whether an object is meant as an input document, and not as the parameters of an operation."""
    if "subject" in value:
        return True
    return operation is None and not requests.is_envelope(value) and not value.keys().isdisjoint({*_GIVEN, *_MADE_HERE})


def _subject(value: object, operation: str | None, source: str | None) -> Json:
    if not isinstance(value, dict):
        raise UnreadableInputError(f"the subject is an object, and this is {kind(value)}", source=source)
    shapes.refuse_other_members(value, list(_SUBJECTS), (), "a subject", source)
    if len(value) != 1:
        raise UnreadableInputError(f"a subject has one of {', '.join(_SUBJECTS)}", source=source)
    ((name, content),) = value.items()
    return {name: _SUBJECTS[name](content, operation, source)}


# Every kind of subject that an input document may have, and what reads it.
_SUBJECTS: Mapping[str, Callable[[object, str | None, str | None], Json]] = {
    "aws_request": lambda value, operation, source: requests.read_envelope(value, operation=operation, source=source),
    "terraform_plan": lambda value, _, source: plans.read_value(value, source=source),
    "kubernetes_object": lambda value, _, source: manifests.read_value(value, source=source),
}


def _settings(value: object, source: str | None) -> Json:
    try:
        return settings.read_policy(value)
    except SettingsError as error:
        raise UnreadableInputError(f"the settings can't be used: {error}", source=source) from error
