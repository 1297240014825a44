"""gunicorn's worker with threads, as an API server and hostile clients need it."""

from __future__ import annotations

import contextlib
import math
import select
import selectors
import socket
import ssl
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # it has no types

from sealgate.views.access import RECEIVED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# How long a client may take for its first byte, for the handshake with the head of its request, and for the rest.
_FIRST_BYTE_S: Final = 10.0
_HEAD_S: Final = 5.0
_REQUEST_S: Final = 60.0


class _Connection(Protocol):
    """What is used here of gunicorn's connections (TConn)."""

    sock: socket.socket
    initialized: bool
    data_ready: bool
    timeout: float
    client: object

    def init(self) -> None: ...
    def __hash__(self) -> int: ...


class Worker(ThreadWorker):  # type: ignore[misc]  # it has no types
    """A worker in which no client holds a thread for long, and that stops without refusing anybody.

    A connection takes a thread when its first byte is there, and loses it when the rest does not follow in time. So it
    is again when its handshake is over: an API server opens more connections than it then has requests for. After
    SIGTERM the worker says that it is not ready, answers whoever still comes until the drain time is over, and each
    with the request to connect anew.
    """

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        # Of each connection that has a thread or waits for one: when its request began to come in, and when it must
        # have given the thread back. Only the main thread adds and removes.
        self._since: dict[_Connection, float] = {}
        self._until: dict[_Connection, float] = {}
        self._thread = threading.local()
        self._stop_at: float | None = None
        self.wsgi: WSGIApplication

    def load_wsgi(self) -> None:
        """Have each request say when it began to come in: the time that it waits for a thread is its client's too."""
        super().load_wsgi()
        app: WSGIApplication = self.wsgi

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            environ[RECEIVED] = self._thread.since
            return app(environ, start_response)

        self.wsgi = answer

    def enqueue_req(self, conn: _Connection) -> None:
        """Give a connection to the threads, once there is something to read."""
        if not conn.initialized and not conn.data_ready:
            self._await_first_byte(conn)
            return
        self._since[conn] = time.monotonic()
        self._until[conn] = math.inf
        super().enqueue_req(conn)

    def handle(self, conn: _Connection) -> object:
        """Read the head of a request, and answer it; only shake hands where there is no request yet."""
        self._until[conn] = time.monotonic() + _HEAD_S
        if self.cfg.is_ssl and not conn.initialized:
            try:
                conn.sock.setblocking(True)
                conn.init()
                if not _has_come(conn.sock):
                    return True  # as a connection that is kept alive: it waits without a thread
            except OSError as error:  # an SSLError is one
                self.log.debug("There is no handshake: %s", error)
                if isinstance(error, ssl.SSLError) and error.args[0] != ssl.SSL_ERROR_EOF:
                    self.handle_error(None, conn.sock, conn.client, error)
                return False
        return super().handle(conn)

    def handle_request(self, req: object, conn: _Connection) -> object:
        """Answer a request whose head is there."""
        self._thread.since = self._since[conn]
        engine = self.app.settings.engine
        self._until[conn] = time.monotonic() + _REQUEST_S + max(engine.timeout_s, engine.plan_timeout_s)
        return super().handle_request(req, conn)

    def finish_request(self, conn: _Connection, fs: Future[object]) -> None:
        """Take a connection back from its thread."""
        del self._until[conn], self._since[conn]
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Do what is due: gunicorn's loop comes by at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in self._until.items():
            if now >= until:
                # Its thread finds the connection closed, and lets go of it. An SSLSocket's own method would forget
                # that the connection is encrypted.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)
        if self._stop_at is not None and now >= self._stop_at:
            self.alive = False

    def handle_exit(self, sig: int, frame: object) -> None:
        """Begin to stop."""
        if self._stop_at is not None:
            return
        self._stop_at = time.monotonic() + self.app.settings.drain_s
        self.app.stopping.set()
        # With no room for a connection that is kept alive, each answer is a connection's last.
        self.max_keepalived = 0
        if not self.app.settings.drain_s:
            super().handle_exit(sig, frame)

    def _await_first_byte(self, conn: _Connection) -> None:
        with contextlib.suppress(OSError):
            # An answer is written in two parts, and the second must not wait for the first to be acknowledged.
            conn.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + _FIRST_BYTE_S
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))


def _has_come(encrypted: socket.socket) -> bool:
    """Return whether there is something to read on a connection whose handshake is over."""
    if isinstance(encrypted, ssl.SSLSocket) and encrypted.pending():
        return True
    ready = select.poll()
    ready.register(encrypted, select.POLLIN)
    return bool(ready.poll(0))
