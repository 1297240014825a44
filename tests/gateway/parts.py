"""The parts of a gateway, each a program of its own: sealgate, nginx as the chart configures it, and an upstream."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
FILES = ROOT / "charts/sealgate/files/gateway"
NJS = Path("/usr/lib/nginx/modules/ngx_http_js_module.so")
MISSING = "nginx with njs is not installed: `make packages`, as root on Debian"

SETTINGS = """
gateway: {original: x-original}
max_body_bytes: 16777216
require_customer_key: [{}]
log: {format: text}
"""


def nginx_is_here() -> bool:
    """Say whether Debian's nginx and its njs module are installed."""
    return shutil.which("nginx") is not None and NJS.exists()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Part:
    """A program that listens on a port."""

    def __init__(
        self, command: list[str], port: int, path: str, folder: Path, *, is_tls: bool = False, **variables: str
    ) -> None:
        self.port = port
        self.log = folder / "log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log, env={**kept, **variables}, start_new_session=True
            )
        self._wait(path, is_tls=is_tls)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program and to every process that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        # nginx and gunicorn take this for: stop at once. Their workers are told by them.
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait(timeout=20)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.wait(timeout=20)

    def _wait(self, path: str, *, is_tls: bool) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if asked(self.port, "GET", path, is_tls=is_tls)[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{self.process.args!r} did not start:\n{self.log.read_text()}")


def asked(  # noqa: PLR0913 the parts of a request
    port: int,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    *,
    is_tls: bool = False,
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """Return the status, the body and the headers of an answer. The target is sent as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    if is_tls:
        # Whose certificate it is, is not what is asked here.
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001 our own program on this machine
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trusting)
    try:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


@contextmanager
def sealgate(
    folder: Path, *arguments: str, settings: str = SETTINGS, is_tls: bool = False, **variables: str
) -> Iterator[Part]:
    """Run the service with these settings, and with further arguments and variables."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sealgate.yaml").write_text(settings, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "sealgate", "serve", "--port", str(port), "--threads", "8", *arguments]
    part = Part(command, port, "/readyz", folder, is_tls=is_tls, PYTHONPATH=str(ROOT / "webhook"), **variables)
    try:
        yield part
    finally:
        part.stop()


class Upstream(Part):
    """What is behind the gateway."""

    def __init__(self, folder: Path) -> None:
        self._journal = folder / "journal"
        self._journal.touch()
        port = free_port()
        script = str(Path(__file__).with_name("upstream.py"))
        super().__init__([sys.executable, script, str(port), str(self._journal)], port, "/moto-api/data.json", folder)
        self.forget()

    def arrived(self) -> list[dict[str, Any]]:
        """Return what arrived since it was last forgotten, in the order of arrival."""
        return [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]

    def forget(self) -> None:
        self._journal.write_text("", encoding="utf-8")


@contextmanager
def upstream(folder: Path) -> Iterator[Upstream]:
    folder.mkdir(parents=True, exist_ok=True)
    part = Upstream(folder)
    try:
        yield part
    finally:
        part.stop()


def rendered(template: str, values: Mapping[str, str]) -> str:
    """Return a file of the chart with values in the place of its ${...}, as the chart puts them there."""
    for name, value in values.items():
        template = template.replace(f"${{{name}}}", value)
    assert "${" not in template
    return template


@contextmanager
def nginx(folder: Path, *, sealgate_port: int, upstream_port: int, **values: str) -> Iterator[Part]:
    """Run nginx with the chart's own configuration and script."""
    folder.mkdir(parents=True, exist_ok=True)
    port, health = free_port(), free_port()
    for name in ("gateway.js", "ask.conf"):
        shutil.copy(FILES / name, folder)
    chosen = {
        "WORKERS": "auto",
        "LISTEN": f"127.0.0.1:{port}",
        "TLS": "",
        "HEALTH_LISTEN": f"127.0.0.1:{health}",
        "SEALGATE": "http",
        "SEALGATE_SERVER": f"127.0.0.1:{sealgate_port}",
        "SEALGATE_TLS": "",
        "UPSTREAM": "http",
        "UPSTREAM_SERVER": f"127.0.0.1:{upstream_port}",
        "UPSTREAM_TLS": "",
        "MAX_BODY": "67108864",
        "SHOWN_BODY": "12582912",
        "ANSWER_TIMEOUT": "30s",
        "UPSTREAM_TIMEOUT": "60s",
        "CALLER": 'proxy_set_header X-Sealgate-Caller "";',
        "SCRIPTS": str(folder),
        "TEMPORARY": str(folder),
        **values,
    }
    configuration = rendered((FILES / "nginx.conf").read_text(encoding="utf-8"), chosen)
    with nginx_with(folder, configuration, port, health) as part:
        yield part


@contextmanager
def nginx_with(folder: Path, text: str, port: int, health: int) -> Iterator[Part]:
    """Run nginx with a whole configuration, in which it listens on these ports."""
    configuration = folder / "nginx.conf"
    configuration.write_text(text, encoding="utf-8")
    # Debian's workers are nobody's, who may not read the folders of tests.
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    part = Part(["nginx", "-c", str(configuration), *user], health, "/healthz", folder)
    part.port = port
    try:
        yield part
    finally:
        part.stop()
