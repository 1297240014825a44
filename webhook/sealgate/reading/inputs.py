"""Inputs, as people and programs give them: what is judged, in each of its kinds, and what is said beside it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sealgate import settings
from sealgate.context import file as context_file
from sealgate.errors import SettingsError, UnreadableInputError
from sealgate.reading import files, manifests, plans, requests, reviews, shapes, streams
from sealgate.reading.words import kind, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sealgate.reading.places import Path as Place

Json: TypeAlias = dict[str, Any]

_GIVEN = ("subject", "context", "settings")
_MADE_HERE = ("parsed", "now", "context_from_caller", "question", "plan_side")


class Input(NamedTuple):
    """What is judged, and the context and the settings that came with it; None for those that did not.

    Of a file with several inputs, `place` says where in it this one stands: the number of its document (from 0), and
    the steps that lead to it in that.
    """

    subject: Json
    context: Json | None = None
    settings: Json | None = None
    place: Place = ()


class NoInputError(UnreadableInputError):
    """A file that stands among manifests, and by its name or its form holds nothing that is judged."""


def read_file(path: str | Path, *, operation: str | None = None) -> list[Input]:
    """Return what a file holds: a Terraform plan, Kubernetes objects or whatever `read` takes; `-` is standard input.

    Kubernetes objects may stand in several YAML documents, in a List, or in an AdmissionReview. Raises NoInputError for
    a file that is known to hold none, UnreadableInputError, with the path and the place, for anything else.
    """
    source = streams.name(path)
    content = streams.read_file(path, limit=max(files.MAX_BYTES, plans.MAX_BYTES))
    plan = plans.read(content, source=source)
    if plan is not None:
        return [Input({"terraform_plan": plan})]
    if len(content) > files.MAX_BYTES:
        raise streams.TooLargeError(f"it is larger than {files.MAX_BYTES >> 20} MiB, and no plan", source=source)
    try:
        return _read_documents(path, content, operation, source)
    except NoInputError:
        raise
    except UnreadableInputError as error:
        if (reason := _beside_manifests(path)) is not None:
            raise NoInputError(reason, source=source) from error
        if b"{{" in content and error.line is not None:
            hint = "if it is a template of Helm, check what `helm template` prints"
            error.message += f"; {hint}"
        raise


def _read_documents(path: str | Path, content: bytearray, operation: str | None, source: str) -> list[Input]:
    documents = files.documents(path, content)
    numbered = [(number, located.value) for number, located in enumerate(documents) if located.value is not None]
    objects = [(number, value) for number, value in numbered if manifests.is_object(value)]
    if not objects:
        if not numbered and content.strip():
            # What Helm prints of a template whose condition is false.
            raise NoInputError("it holds comments only", source=source)
        # Anything but a manifest is one value: several, or none, are refused with their place.
        value = numbered[0][1] if len(documents) == 1 else files.value(path, content)
        return [read(value, allow_settings=True, operation=operation, source=source)]
    if len(objects) < len(numbered):
        number = next(number for number, value in numbered if not manifests.is_object(value))
        message = f"document {number + 1} has no apiVersion and kind, and others are Kubernetes objects"
        raise UnreadableInputError(message, source=source)
    if operation is not None:
        message = f"it holds {manifests.name_of(objects[0][1])}, and --operation says {quoted(operation)}"
        raise UnreadableInputError(message, source=source)
    return _read_objects(objects, source)


def _read_objects(objects: Sequence[tuple[int, Json]], source: str) -> list[Input]:
    if not any(manifests.is_stored(content) for _, content in objects):
        names = ", ".join(manifests.name_of(content) for _, content in objects)
        raise NoInputError(
            f"{names} is read by a tool, and no object of a cluster: check what the tool prints", source=source
        )
    try:
        found = [
            Input(_object(content), place=place)
            for number, whole in objects
            for place, content in manifests.flattened(whole, (number,))
        ]
    except UnreadableInputError as error:
        raise UnreadableInputError(error.message, source=source) from error
    if not found:
        raise NoInputError("the lists in it are empty", source=source)
    return found if len(found) > 1 else [found[0]._replace(place=())]


def _object(content: Json) -> Json:
    if reviews.is_review(content):
        return reviews.read(content).subject
    return {"kubernetes_object": {"object": content}}


def _beside_manifests(path: str | Path) -> str | None:
    """Say what a file is that stands among manifests and holds none; None for any other."""
    name = Path(path).name
    return next((reason for pattern, reason in _BESIDE_MANIFESTS.items() if fnmatchcase(name, pattern)), None)


_VALUES = "it holds values for a Helm chart: check what `helm template` prints"
_BESIDE_MANIFESTS: Mapping[str, str] = {
    "Chart.yaml": "it describes a Helm chart: check what `helm template` prints",
    "values.yaml": _VALUES,
    "values-*.yaml": _VALUES,
    "*-values.yaml": _VALUES,
    "values.schema.json": "it is the schema of a Helm chart's values",
}


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
