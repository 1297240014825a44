"""An API server's AdmissionReview: what is asked, and by which uid the answer is known.

The shape is that of `admission.k8s.io/v1` (kubernetes/api, admission/v1/types.go).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sealgate.errors import UnreadableInputError
from sealgate.reading import manifests, strict_json
from sealgate.reading.words import kind, quoted

API_VERSION = "admission.k8s.io/v1"
KIND = "AdmissionReview"

_LONGEST_UID = 256

# How an API server begins a review. Anybody else may write it differently, and is no API server.
_BEGINNING = re.compile(
    rb'\{"kind":"AdmissionReview","apiVersion":"admission\.k8s\.io/v1","request":\{"uid":"([A-Za-z0-9-]{1,256})"'
)


@dataclass(frozen=True, kw_only=True)
class Review:
    """What an API server asks.

    `subject` is the subject of an input document; `details` are the members `name`, `group` and `kind` of the details
    of a Kubernetes Status.
    """

    uid: str
    subject: dict[str, Any]
    details: dict[str, str]
    username: str | None
    dry_run: bool


class UnreadableReviewError(UnreadableInputError):
    """A review that can't be read, of which the uid is known: what it asks for can be denied."""

    def __init__(self, uid: str, error: UnreadableInputError) -> None:
        super().__init__(error.message, source=error.source, line=error.line, column=error.column)
        self.uid = uid


def loads(text: bytes) -> Review:
    """Return the review that a JSON text holds.

    Raises UnreadableReviewError where the text is an API server's, and yet can't be read without doubt;
    UnreadableInputError where it is no review at all.
    """
    try:
        content = strict_json.loads(text)
    except UnreadableInputError as error:
        if known := _BEGINNING.match(text):
            raise UnreadableReviewError(known[1].decode(), error) from error
        raise
    return read(content)


def is_review(content: object) -> bool:
    """Say whether a JSON value is meant as a review, of whichever version."""
    return isinstance(content, dict) and content.get("kind") == KIND and "request" in content


def read(content: object) -> Review:
    """Return the review that a JSON value is. Raises what `loads` does."""
    request = _request(content)
    uid = request.get("uid")
    if not isinstance(uid, str) or not 0 < len(uid) <= _LONGEST_UID:
        raise UnreadableInputError("request.uid is no text that an answer could name", source="/request/uid")
    try:
        return _review(uid, request)
    except UnreadableInputError as error:
        raise UnreadableReviewError(uid, error) from error


def _request(content: object) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise UnreadableInputError(f"an AdmissionReview is an object, and this is {kind(content)}")
    for member, expected in (("apiVersion", API_VERSION), ("kind", KIND)):
        if content.get(member) != expected:
            found = "missing" if member not in content else _shown(content[member])
            raise UnreadableInputError(f"{member} is {found}, not {expected}", source=f"/{member}")
    request = content.get("request")
    if not isinstance(request, dict):
        found = "missing" if "request" not in content else kind(request)
        raise UnreadableInputError(f"request is {found}, not an object", source="/request")
    return request


def _review(uid: str, request: dict[str, Any]) -> Review:
    given = {name: request.get(name) for name in manifests.MEMBERS}
    if given["operation"] is None:
        raise UnreadableInputError("the request names no operation", source="/request")
    content = manifests.read_value(given, source="/request")
    user = request.get("userInfo")
    username = user.get("username") if isinstance(user, dict) else None
    return Review(
        uid=uid,
        subject={"kubernetes_object": content},
        details=_details(request, content),
        username=username if isinstance(username, str) else None,
        dry_run=content.get("dryRun", False),
    )


def _details(request: dict[str, Any], subject: dict[str, Any]) -> dict[str, str]:
    of_kind = request.get("kind")
    metadata = (subject["object"] or subject.get("oldObject") or {}).get("metadata")
    candidates = {
        "name": request.get("name") or (metadata.get("name") if isinstance(metadata, dict) else None),
        "group": of_kind.get("group") if isinstance(of_kind, dict) else None,
        "kind": of_kind.get("kind") if isinstance(of_kind, dict) else None,
    }
    return {name: value for name, value in candidates.items() if isinstance(value, str) and value}


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else kind(value)
