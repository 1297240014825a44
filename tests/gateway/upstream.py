"""What is behind the gateway in its tests: moto's server, with stubs for the jobs that moto does not know.

Usage: python upstream.py PORT JOURNAL

Every request that arrives becomes a line of the journal, in JSON: its method, its target as it was sent, its headers,
and the length and the SHA-256 of its body.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_STUBS = {
    "SageMaker.CreateJob": {"JobArn": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/my-job"},
    "SageMaker.ListJobs": {"JobSummaries": []},
}


class Upstream:
    def __init__(self, journal: Path) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._journal = journal
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        line = {
            "method": environ["REQUEST_METHOD"],
            "target": environ["RAW_URI"],
            "headers": {name[5:].lower(): value for name, value in environ.items() if name.startswith("HTTP_")},
            "length": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        with self._lock, self._journal.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(line) + "\n")
        if (stub := _STUBS.get(environ.get("HTTP_X_AMZ_TARGET", ""))) is not None:
            start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
            return [json.dumps(stub).encode()]
        answer: Iterable[bytes] = self._moto({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
        return answer


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        """Say nothing: the journal has it."""


if __name__ == "__main__":
    application = Upstream(Path(sys.argv[2]))
    make_server("127.0.0.1", int(sys.argv[1]), application, threaded=True, request_handler=Handler).serve_forever()
