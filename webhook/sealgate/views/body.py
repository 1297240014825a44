"""Reading a request's body: JSON, as strictly as files are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import UnsupportedMediaType

from sealgate.reading import strict_json

if TYPE_CHECKING:
    from flask import Request


def read(request: Request) -> Any:  # noqa: ANN401 any JSON value
    """Return the JSON value that the request carries.

    Raises UnreadableInputError where it is no JSON, UnsupportedMediaType where it does not say that it is, and
    RequestEntityTooLarge above the app's limit.
    """
    return strict_json.loads(read_text(request))


def read_text(request: Request) -> bytes:
    """Return the JSON text that the request carries, unread. Raises what `read` does."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send JSON, with Content-Type: application/json")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("send the JSON as it is, without Content-Encoding")
    return request.get_data(cache=False)
