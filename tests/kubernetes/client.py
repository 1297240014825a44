"""A user of an API server: requests to its HTTP API as they are, and kubectl."""

from __future__ import annotations

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import urllib3
from tests.kubernetes.objects import Kind
from tests.kubernetes.processes import TOOLS, wait_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.kubernetes.objects import Object

TIMEOUT_S = 30.0
CONNECTIONS = 16
NOT_FOUND = 404

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Answer:
    """What the API server answers."""

    status: int
    body: dict[str, Any]
    warnings: tuple[str, ...]
    """The texts of its Warning headers."""

    @property
    def message(self) -> str:
        """Return the message of a Status."""
        return str(self.body.get("message", ""))

    @property
    def causes(self) -> list[dict[str, str]]:
        """Return the causes that a Status gives."""
        causes: list[dict[str, str]] = (self.body.get("details") or {}).get("causes") or []
        return causes


class Client:
    """A user. Safe to use from several threads."""

    def __init__(self, url: str, *, certificate: Path, token: str, kubeconfig: Path) -> None:
        self.url = url
        self.kubeconfig = kubeconfig
        self._token = token
        # Nothing is tried again: a request that fails is what some tests look for.
        self._pool = urllib3.PoolManager(
            ca_certs=str(certificate), maxsize=CONNECTIONS, timeout=TIMEOUT_S, retries=False, block=True
        )

    def close(self) -> None:
        """Close its connections."""
        self._pool.clear()

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content_type: str = JSON,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request, with a body in JSON where one is given; return the answer, whatever it is."""
        response = self._pool.request(
            method,
            f"{self.url}{path}?{urlencode(query or {})}",
            body=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content_type},
        )
        is_json = response.headers.get("Content-Type", "").startswith(JSON)
        return Answer(
            status=response.status,
            body=response.json() if is_json else {"message": response.data.decode()},
            warnings=tuple(_warning(header) for header in response.headers.getlist("Warning")),
        )

    def new_namespace(self, **labels: str) -> str:
        """Make a namespace with these labels, and return its name."""
        metadata = {"generateName": "team-", "labels": labels}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        answer = self.request("POST", "/api/v1/namespaces", body)
        assert answer.status == 201, answer.message
        return str(answer.body["metadata"]["name"])

    def install(self, definitions: Sequence[Object]) -> dict[str, Kind]:
        """Install definitions of kinds; return the kinds, by group and name, once objects of them can be made."""
        kinds = [Kind.defined(definition) for definition in definitions]
        for definition in definitions:
            answer = self.request("POST", DEFINITIONS, definition)
            assert answer.status == 201, answer.message
        # The first request for a kind takes two seconds, and they do not wait for each other.
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda kind: wait_for(lambda: self._serves(kind)), kinds))
        return {str(kind): kind for kind in kinds}

    def _serves(self, kind: Kind) -> bool:
        """Return whether an object of a kind, if an empty one, is at least looked at."""
        empty = {"apiVersion": f"{kind.group}/{kind.version}", "kind": kind.name, "metadata": {"name": "empty"}}
        return self.request("POST", kind.url("default"), empty, query={"dryRun": "All"}).status != NOT_FOUND

    def kubectl(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run kubectl, with manifests as its standard input where it takes any."""
        return subprocess.run(
            [TOOLS / "kubectl", f"--kubeconfig={self.kubeconfig}", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=2 * TIMEOUT_S,
            check=False,
        )


def _warning(header: str) -> str:
    """Return the text of a Warning header. HTTP's own reading of the bytes is Latin-1; they are UTF-8."""
    match = _WARNING.fullmatch(header.encode("latin-1").decode())
    assert match is not None, header
    return re.sub(r"\\(.)", r"\1", match[1])
