"""What the tests of the engines share: policies compiled on the spot, and OPA servers that run them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import socket
import subprocess
import tarfile
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from sealgate.engines.embedded import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
# Read before any test takes the variables away.
OPA = Path(os.environ.get("SEALGATE_TOOLS", ROOT / ".tools" / "bin")) / "opa"

DECISION = 'package sealgate\n\ndecision := {"allowed": true, "value": input.echo}\n'


@dataclasses.dataclass(frozen=True)
class Policies:
    """Policies in a folder of sources, and what they were compiled to."""

    sources: Path
    wasm: Path
    data: Path


class Server:
    """An OPA server that runs one folder of policies, or none."""

    def __init__(self, *arguments: str | Path, address: str | None = None) -> None:
        self.address = address or f"127.0.0.1:{_free_port()}"
        self.url = self.address if address else f"http://{self.address}"
        command: list[str | Path] = [
            OPA,
            "run",
            "--server",
            "--skip-version-check",
            "--log-level=error",
            f"--addr={self.address}",
        ]
        self.process = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> Server:
        """Return once the server answers."""
        deadline = time.monotonic() + 30
        while not self._is_ready():
            assert self.process.poll() is None, "OPA has ended"
            assert time.monotonic() < deadline, "OPA does not answer"
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def _is_ready(self) -> bool:
        if self.url.startswith("unix:"):
            return Path(self.address.removeprefix("unix://")).exists()
        with (
            suppress(URLError, OSError),
            build_opener(ProxyHandler({})).open(f"{self.url}/health", timeout=1) as answer,
        ):
            return bool(answer.status == 200)
        return False


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Policies]:
    """Return a compiler of Rego, with data beside it, to WebAssembly."""
    folder = tmp_path_factory.mktemp("policies")

    def make(rego: str = DECISION, tables: dict[str, Any] | None = None) -> Policies:
        if not OPA.exists():
            pytest.fail(f"{OPA} is missing: run `make tools`", pytrace=False)
        content = json.dumps(tables or {})
        home = folder / hashlib.sha256((rego + content).encode()).hexdigest()[:16]
        if not home.exists():
            sources = home / "sources"
            sources.mkdir(parents=True)
            (sources / "decision.rego").write_text(rego, encoding="utf-8")
            (sources / "data.json").write_text(content, encoding="utf-8")
            bundle = home / "bundle.tar.gz"
            compiler: list[str | Path] = [
                OPA,
                "build",
                "--target=wasm",
                "--entrypoint=sealgate/decision",
                f"--output={bundle}",
            ]
            subprocess.run([*compiler, "--bundle", sources], check=True)
            with tarfile.open(bundle) as archive:
                for name in ("policy.wasm", "data.json"):
                    member = archive.extractfile(f"/{name}")
                    assert member is not None
                    (home / name).write_bytes(member.read())
        return Policies(home / "sources", home / "policy.wasm", home / "data.json")

    return make


@pytest.fixture(scope="session")
def native_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that tests share, so that each policy is compiled natively once."""
    return tmp_path_factory.mktemp("native")


@pytest.fixture
def embedded(policies: Callable[..., Policies], native_modules: Path) -> Iterator[Callable[..., EmbeddedEngine]]:
    """Return a maker of embedded engines that run some Rego."""
    with ExitStack() as stack:

        def make(rego: str = DECISION, tables: dict[str, Any] | None = None, **options: Any) -> EmbeddedEngine:
            compiled = policies(rego, tables)
            engine = EmbeddedEngine(
                **{"wasm": compiled.wasm, "data": compiled.data, "cache_dir": native_modules, **options}
            )
            stack.callback(engine.close)
            return engine

        yield make


@pytest.fixture(scope="session")
def shared_server(policies: Callable[..., Policies]) -> Iterator[Callable[..., Server]]:
    """Return a starter of OPA servers that all tests with the same Rego share. They are not to be stopped."""
    with ExitStack() as stack:
        running: dict[Path, Server] = {}

        def start(rego: str = DECISION, tables: dict[str, Any] | None = None) -> Server:
            sources = policies(rego, tables).sources
            if sources not in running:
                running[sources] = Server("--bundle", sources)
                stack.callback(running[sources].stop)
            return running[sources].wait()

        yield start


@pytest.fixture
def server() -> Iterator[Callable[..., Server]]:
    """Return a starter of OPA servers for one test."""
    with ExitStack() as stack:

        def start(*arguments: str | Path, address: str | None = None) -> Server:
            started = Server(*arguments, address=address)
            stack.callback(started.stop)
            return started.wait()

        yield start
