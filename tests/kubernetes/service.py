"""The service as it is run: `sealgate serve` over TLS, as a program of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from prometheus_client.parser import text_string_to_metric_families
from tests.kubernetes.processes import Program, free_port
from tests.serving.conftest import Files

if TYPE_CHECKING:
    from pathlib import Path

    import trustme
    from tests.kubernetes.objects import Kind, Object

REGION = "us-west-2"
ACCOUNT = "111122223333"
ANSWERS_WITHIN_S = 5.0

SETTINGS: dict[str, Any] = {
    "context": {"region": REGION, "account": ACCOUNT},
    "log": {"level": "warning"},
    "admission": {"deadline_s": 3},
}


class Service:
    """A running service."""

    def __init__(
        self,
        folder: Path,
        authority: trustme.CA,
        *,
        settings: dict[str, Any] | None = None,
        options: tuple[str, ...] = (),
        client_authority: trustme.CA | None = None,
    ) -> None:
        self._folder = folder
        self.certificates = Files(folder / "tls", authority)
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        (folder / "sealgate.yaml").write_text(yaml.safe_dump({**SETTINGS, **(settings or {})}), encoding="utf-8")
        if client_authority is not None:
            client_authority.cert_pem.write_to_path(str(folder / "clients.crt"))
            options = (*options, f"--client-ca={folder / 'clients.crt'}")
        self._program = Program(
            "sealgate",
            [
                *(sys.executable, "-m", "sealgate", "serve", f"--port={self.port}"),
                f"--settings={folder / 'sealgate.yaml'}",
                f"--tls-cert={self.certificates.certificate}",
                f"--tls-key={self.certificates.key}",
                f"--tls-ca={self.certificates.ca}",
                *options,
            ],
            log=folder / "sealgate.log",
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")},
                # The native code of the policies is made once for all services.
                "XDG_CACHE_HOME": str(folder.parent / "cache"),
            },
        )
        self.wait()

    def wait(self) -> None:
        """Return once it is ready."""
        self._program.wait_until(lambda: answers(f"{self.url}/readyz"))

    def metric(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples with these labels."""
        _, content = ask(f"{self.url}/metrics")
        families = text_string_to_metric_families(content.decode())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def decisions(self, namespace: str) -> list[dict[str, Any]]:
        """Return the lines of its decision log on objects of a namespace, the oldest first."""
        lines = [json.loads(line) for line in (self._folder / "sealgate.log").read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if any(f" {namespace}/" in subject for subject in line.get("subjects", ()))]

    def review(self, made: Object, kind: Kind) -> dict[str, Any]:
        """Return its answer to an API server that asks whether an object may be created."""
        review = {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {
                "uid": "0",
                "kind": {"group": kind.group, "version": kind.version, "kind": kind.name},
                "operation": "CREATE",
                "namespace": made["metadata"].get("namespace"),
                "object": made,
            },
        }
        _, content = ask(f"{self.url}/v1/admit", review)
        answer: dict[str, Any] = json.loads(content)
        return answer

    def tell_to_end(self) -> None:
        """Tell it to end, as the kubelet does, without waiting for it."""
        self._program.send(signal.SIGTERM)

    def wait_for_end(self) -> int:
        """Return its exit code once it has ended by itself."""
        return self._program.wait_for_end()

    def kill(self) -> None:
        """End it and its workers at once."""
        self._program.kill()

    def hang(self) -> None:
        """Let it and its workers stand still, with their connections open."""
        self._program.send_to_all(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on where it stood still."""
        self._program.send_to_all(signal.SIGCONT)

    def start(self) -> None:
        """Start it again after its end, at the same address, and return once it is ready."""
        self._program.start()
        self.wait()


def answers(url: str) -> bool:
    """Return whether 200 comes back."""
    try:
        status, _ = ask(url)
    except OSError:
        return False
    return status == http.client.OK


def ask(url: str, content: object = None) -> tuple[int, bytes]:
    """Return the status and the body that a service answers with, as the kubelet asks: whatever its certificate is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    address = urlsplit(url)
    with closing(http.client.HTTPSConnection(address.netloc, context=context, timeout=ANSWERS_WITHIN_S)) as connection:
        if content is None:
            connection.request("GET", address.path)
        else:
            connection.request("POST", address.path, json.dumps(content), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
