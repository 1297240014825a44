"""What the pods run, run: the arguments, variables and files of the manifests, without a container, and `helm test`."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import CHART, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.chart.conftest import Manifest, Render, Rendered

OPA = ROOT / ".tools/bin/opa"

# The name that the certificate is for, without a DNS that knows it.
ASK = """
import runpy, socket, sys
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1", *rest, **more)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


class Node:
    """A folder in which the paths of a container stand."""

    def __init__(self, folder: Path, rendered: Rendered) -> None:
        self.folder, self.rendered = folder, rendered
        self.replaced = {"--host=0.0.0.0": "--host=127.0.0.1"}

    def mount(self, pod: Manifest, container: Manifest) -> None:
        """Write the files of the container's volumes, and note where their paths are here."""
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        for mount in container["volumeMounts"]:
            here = self.folder / mount["name"]
            here.mkdir(exist_ok=True)
            self.replaced[mount["mountPath"]] = str(here)
            for name, content in self._content(volumes[mount["name"]]).items():
                (here / name).write_bytes(content)

    def _content(self, volume: Manifest) -> dict[str, bytes]:
        if "configMap" in volume:
            data = self.rendered.one("ConfigMap", volume["configMap"]["name"])["data"]
            return {name: text.encode() for name, text in data.items()}
        if "secret" in volume:
            data = self.rendered.one("Secret", volume["secret"]["secretName"])["data"]
            items = [item["key"] for item in volume["secret"].get("items", [])] or data
            return {name: base64.b64decode(data[name]) for name in items}
        return {}

    def here(self, text: str) -> str:
        longest_first = sorted(self.replaced, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest_first)), lambda found: self.replaced[found[0]], text)

    def run(self, program: str, arguments: list[str], variables: list[Manifest]) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")}
        environment |= {one["name"]: self.here(one["value"]) for one in variables}
        environment["TMPDIR"] = str(self.folder / "tmp")
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen([program, *map(self.here, arguments)], env=environment, cwd="/", stderr=log)


class Collector:
    """A bundle server with this checkout's policies, which takes decision logs as well."""

    def __init__(self, bundle: bytes) -> None:
        self.logged: list[dict[str, Any]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(bundle if self.path == "/bundle.tar.gz" else b"")

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                collector.logged += json.loads(gzip.decompress(content))
                self._answer(b"")

            def _answer(self, content: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def configuration(self) -> dict[str, Any]:
        return {
            "services": {"collector": {"url": f"http://127.0.0.1:{self.server.server_port}"}},
            "bundles": {"sealgate": {"service": "collector", "resource": "bundle.tar.gz", "persist": True}},
            "decision_logs": {
                "service": "collector",
                "reporting": {"min_delay_seconds": 1, "max_delay_seconds": 1},
            },
        }


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    bundle = tmp_path_factory.mktemp("bundle") / "bundle.tar.gz"
    ignored = ["--ignore", "*_test.rego", "--ignore", "conftest.rego"]
    command = [str(OPA), "build", "--bundle", "policies", *ignored, "--output", str(bundle)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    collector = Collector(bundle.read_bytes())
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()
    thread.join()


@pytest.fixture(params=["embedded", "opa", "bundles"])
def node(request: pytest.FixtureRequest, render: Render, collector: Collector) -> Iterator[Node]:
    """Run the containers of a pod; yield the node once the service answers."""
    opa: dict[str, Any] = {"enabled": request.param != "embedded"}
    if request.param == "bundles":
        opa["config"] = collector.configuration
    port = _free_port()
    rendered = render({"server": {"port": port, "drainSeconds": 0}, "opa": opa})
    # Short: the path of a socket is in it.
    with tempfile.TemporaryDirectory(prefix="node-") as folder, ExitStack() as running:
        node = Node(Path(folder), rendered)
        pod, sealgate = rendered.pod, rendered.container
        for container in [*pod.get("initContainers", []), sealgate]:
            node.mount(pod, container)
        for container in pod.get("initContainers", []):
            if container["name"] == "policies":
                node.replaced["/usr/share/sealgate/policies"] = str(ROOT / "policies")
                subprocess.run(list(map(node.here, container["command"])), check=True)
                del node.replaced["/usr/share/sealgate/policies"]
                continue
            node.replaced["--diagnostic-addr=:"] = "--diagnostic-addr=127.0.0.1:"
            node.replaced[":8282"] = f":{_free_port()}"
            # The image holds neither.
            arguments = [*container["args"], "--ignore=*_test.rego", "--ignore=conftest.rego"]
            running.callback(_stop, node.run(str(OPA), arguments, container.get("env", [])))
        program = str(Path(sys.executable).with_name("sealgate"))
        running.callback(_stop, node.run(program, sealgate["args"], sealgate["env"]))
        _wait(port, node)
        yield node


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    assert process.wait(timeout=30) == 0


def _wait(port: int, node: Node) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail((node.folder / "log").read_text())


def test_helms_test_passes_against_the_service_as_it_is_deployed(node: Node) -> None:
    test = node.rendered.one("Pod")["spec"]
    (container,) = test["containers"]
    node.mount(test, container)
    port = node.rendered.container["ports"][0]["containerPort"]
    arguments = [f"--port={port}" if one.startswith("--port=") else node.here(one) for one in container["args"]]
    command = [sys.executable, "-c", ASK, str(CHART / "files/ask.py"), *arguments]
    for _ in range(50):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode == 0:
            break
        # OPA may take a moment longer than sealgate.
        time.sleep(0.2)
    assert done.stdout.splitlines() == [
        f"{path}: 200, as expected" for path in ("/healthz", "/readyz", "/metrics", "/v1/admit")
    ], done.stderr + (node.folder / "log").read_text()


@pytest.mark.parametrize("node", ["bundles"], indirect=True)
def test_decisions_are_logged_where_opa_is_told_to(node: Node, collector: Collector) -> None:
    test_helms_test_passes_against_the_service_as_it_is_deployed(node)
    for _ in range(100):
        if any("sealgate/decision" in one["path"] for one in collector.logged):
            return
        time.sleep(0.1)
    pytest.fail(f"{collector.logged}\n{(node.folder / 'log').read_text()}")


@pytest.mark.parametrize("node", ["embedded"], indirect=True)
def test_it_notices_another_ca(node: Node, render: Render, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(base64.b64decode(render().one("Secret", "sealgate-ca")["data"]["tls.crt"]))
    port = node.rendered.container["ports"][0]["containerPort"]
    arguments = ["--host=sealgate.sealgate-system.svc", f"--port={port}", f"--ca={tmp_path / 'ca.crt'}"]
    command = [sys.executable, "-c", ASK, str(CHART / "files/ask.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
