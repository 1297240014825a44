"""Who may ask for decisions where the service has CAs of clients: those with a certificate of theirs."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import Forbidden

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Refuse every request without a certificate, but for probes and metrics, which have none to show."""
    app.before_request(_refuse_strangers)


def _refuse_strangers() -> None:
    if request.blueprint == "ops":
        return
    # TLS has verified the certificate, where there is one. Another server than our own shows no connection.
    connection = request.environ.get("gunicorn.socket")
    if not (isinstance(connection, ssl.SSLSocket) and connection.getpeercert()):
        raise Forbidden("this service asks its clients for a certificate of its client CA")
