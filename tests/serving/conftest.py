"""The service as a program of its own, over TLS, and the certificates that it reads."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
import yaml
from tests.conftest import REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "127.0.0.1"


class Files:
    """A secret as the kubelet mounts it: each file links into `..data`, which is a link that is replaced at once."""

    def __init__(self, folder: Path, authority: trustme.CA) -> None:
        self.folder = folder
        self.certificate, self.key, self.ca = (folder / name for name in ("tls.crt", "tls.key", "ca.crt"))
        self._issues = 0
        folder.mkdir()
        self.serial = self.issue(authority)
        for file in (self.certificate, self.key, self.ca):
            file.symlink_to(Path("..data") / file.name)

    def issue(self, authority: trustme.CA, **options: Any) -> int:
        """Replace the secret by a new one, and return what is shown of its certificate: the serial number."""
        leaf = authority.issue_cert(HOST, **options)
        self._issues += 1
        content = self.folder / f"..{self._issues}"
        content.mkdir()
        (content / "tls.crt").write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
        (content / "tls.key").write_bytes(leaf.private_key_pem.bytes())
        (content / "ca.crt").write_bytes(authority.cert_pem.bytes())
        new = self.folder / "..new"
        new.symlink_to(content.name)
        new.replace(self.folder / "..data")
        self.serial = serial_of(leaf.cert_chain_pems[0].bytes().decode())
        return self.serial


class Service:
    """A running `sealgate serve`, and its answers."""

    def __init__(self, folder: Path, *options: str, context: ssl.SSLContext | None, settings: dict[str, Any]) -> None:
        with socket.create_server((HOST, 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._context = context
        path = folder / "sealgate.yaml"
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sealgate", "serve", f"--port={self.port}", f"--settings={path}", *options],
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")},
                    "PYTHONPATH": os.pathsep.join(sys.path),
                },
                stderr=log,
            )

    def wait(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        pytest.fail(f"the service did not start: {self._log.read_text()}")

    def connect(self, context: ssl.SSLContext | None = None, timeout: float = 10) -> http.client.HTTPConnection:
        """Return a connection that is kept alive."""
        context = context or self._context
        if context is None:
            return http.client.HTTPConnection(HOST, self.port, timeout=timeout)
        return http.client.HTTPSConnection(HOST, self.port, timeout=timeout, context=context)

    def get(self, path: str, context: ssl.SSLContext | None = None) -> tuple[int, str]:
        """Return the status and the text of an answer, on a connection of its own."""
        with closing(self.connect(context)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def review(self, connection: http.client.HTTPConnection, uid: str, query: str = "") -> dict[str, Any]:
        """Return the response to a review."""
        review = {**REVIEW, "request": {**REVIEW["request"], "uid": uid}}
        connection.request("POST", f"/v1/admit{query}", json.dumps(review), {"Content-Type": "application/json"})
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return dict(answer["response"])

    def log(self) -> list[dict[str, Any]]:
        """Return what it has logged."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def stop(self) -> int:
        """Stop it, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def serial_of(pem: str) -> int:
    from cryptography import x509  # noqa: PLC0415 only where it is looked at

    return x509.load_pem_x509_certificate(pem.encode()).serial_number


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return the CA of the service's certificates."""
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Files:
    """Return a mounted secret."""
    return Files(tmp_path / "tls", authority)


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Return the TLS context of a client that trusts the service."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Return a function that starts services; each is stopped in the end."""
    services: list[Service] = []

    def start(*options: str, context: ssl.SSLContext | None = None, **settings: Any) -> Service:
        folder = tmp_path / f"service-{len(services)}"
        folder.mkdir()
        services.append(Service(folder, *options, context=context, settings=settings))
        services[-1].wait()
        return services[-1]

    yield start
    codes = [service.stop() for service in services]
    assert codes == [0] * len(services)
