"""gunicorn, set up for the service: its workers, TLS, limits, and the way it stops."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import tempfile
import threading
from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it has no types

from sealgate import engines, logs
from sealgate.errors import EngineError
from sealgate.serving.certificates import Certificates
from sealgate.serving.worker import Worker

if TYPE_CHECKING:
    import socket

    from flask import Flask

    from sealgate.settings import Settings

# A client written in Go, as API servers are, closes a connection that it has not used for 90 seconds. Were it closed
# here first, a review that is sent at that moment would be lost.
_KEEPALIVE_S: Final = 120
# How long requests may take that were not answered when the drain time was over.
_GRACE_S: Final = 25


class Server(BaseApplication):  # type: ignore[misc]  # it has no types
    """The service on a socket that listens, in `workers` processes of `threads` threads.

    Raises SettingsError where there is no TLS with the certificates of the settings.
    """

    def __init__(self, settings: Settings, listener: socket.socket, *, workers: int, threads: int) -> None:
        self.settings = settings
        self.stopping = threading.Event()
        """Set in a worker that is about to stop."""
        self._certificates = Certificates(settings.tls) if settings.tls is not None else None
        self._options: dict[str, Any] = {
            "bind": f"fd://{listener.detach()}",
            "workers": workers,
            "threads": threads,
            "worker_class": Worker,
            "keepalive": _KEEPALIVE_S,
            "graceful_timeout": math.ceil(settings.drain_s) + _GRACE_S,
            "control_socket_disable": True,
            "logconfig_dict": logs.configuration(settings.log_level, settings.log_format),
        }
        if settings.tls is not None:
            self._options |= {
                "certfile": str(settings.tls.certificate),
                "keyfile": str(settings.tls.key),
                "ssl_context": self._context,
            }
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application of a worker: made after the fork, which neither threads nor metrics' files survive."""
        from sealgate.app import create_app  # noqa: PLC0415 what it imports looks for the folder of the metrics

        engine = engines.build(self.settings.engine)
        with contextlib.suppress(EngineError):
            # The policies are loaded before the first request, which has no time for it. Whether that went well,
            # /readyz tells.
            engine.check()
        return create_app(self.settings, engine=engine, certificates=self._certificates, stopping=self.stopping)

    def run(self) -> None:
        """Serve until stopped."""
        if self._options["workers"] > 1:
            # /metrics is answered by any one of the workers, for all of them: their counts meet in this folder.
            folder = tempfile.mkdtemp(prefix="sealgate-metrics-")
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            self._options["child_exit"] = lambda _, worker: _forget(worker.pid)
            self._options["on_exit"] = lambda _: shutil.rmtree(folder, ignore_errors=True)
            self.load_config()
        super().run()

    def _context(self, _config: object, _default: object) -> object:
        """Return the TLS context of a connection that begins; gunicorn asks for each."""
        return self._certificates.context() if self._certificates else None


def _forget(pid: int) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415 as above

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]  # it has no types
