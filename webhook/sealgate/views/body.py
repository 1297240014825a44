"""Reading a request's body: JSON, as strictly as files are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import UnsupportedMediaType

from sealgate.reading import streams, strict_json

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
    _require_json(request)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("send the JSON as it is, without Content-Encoding")
    return request.get_data(cache=False)


def read_packed(request: Request, *, limit: int) -> bytearray:
    """Return the JSON text that the request carries, unread and in UTF-8, which gzip may have packed.

    Raises what `read` does, and TooLargeError where there are more than `limit` bytes unpacked.
    """
    _require_json(request)
    if request.headers.get("Content-Encoding", "identity").lower() not in {"identity", "gzip"}:
        raise UnsupportedMediaType("send the JSON as it is, or with Content-Encoding: gzip")
    request.max_content_length = limit
    return streams.read(request.stream, limit=limit)


def _require_json(request: Request) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("send JSON, with Content-Type: application/json")
