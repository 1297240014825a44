"""The Dockerfile, step by step without a container: what it installs, and that it serves from read-only files."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
# Root may write what nobody may, unless its capabilities are gone.
PREFIX = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--") if os.geteuid() == 0 else ()


@dataclass(frozen=True)
class Image:
    """What the steps of the Dockerfile made, below one folder."""

    root: Path

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip("/")

    def files(self) -> dict[str, int]:
        return {str(path): path.lstat().st_mtime_ns for path in sorted(self.root.rglob("*"))}


def _instructions() -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage, as their word and the rest of the line."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    lines = [line.partition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    stages: list[list[tuple[str, str]]] = []
    for word, _, rest in lines:
        if word == "FROM":
            stages.append([])
        if stages:
            stages[-1].append((word, rest))
    return stages


def _of(word: str, stage: list[tuple[str, str]]) -> list[str]:
    return [rest for one, rest in stage if one == word]


def _copies(stage: list[tuple[str, str]], *, between_stages: bool) -> Iterator[tuple[list[str], str]]:
    for rest in _of("COPY", stage):
        words = rest.split()
        if words[0].startswith("--from") == between_stages:
            *sources, target = [word for word in words if not word.startswith("--")]
            yield sources, target


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with tempfile.TemporaryDirectory(prefix="sealgate-image-") as name:
        source, root = Path(name, "src"), Path(name, "root")
        source.mkdir()
        root.mkdir()
        _build(source, root)
        folders = [root, *(path for path in root.rglob("*") if path.is_dir() and not path.is_symlink())]
        for path in folders:
            path.chmod(0o555)
        yield Image(root)
        for path in folders:
            path.chmod(0o755)


def _build(source: Path, root: Path) -> None:
    build, final = _instructions()
    shell = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTHON"))},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    for word, rest in build:
        if word == "COPY":
            *sources, target = rest.split()
            for one in sources:
                _copy(ROOT / one, source / target if len(sources) == 1 else source / target / one)
        elif word == "RUN":
            command = rest.replace("/opt/", f"{root}/opt/")
            subprocess.run(["sh", "-ec", command], cwd=source, env=shell, check=True, capture_output=True)
    for (one,), target in _copies(final, between_stages=True):
        if one.startswith("/src/"):
            _copy(source / one.removeprefix("/src/"), root / target.lstrip("/"))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@pytest.fixture(params=[False, True], ids=["without a cache", "with a cache"])
def served(request: pytest.FixtureRequest, image: Image) -> Iterator[tuple[int, Path | None]]:
    """Serve from a folder and a home that can't be written to; yield the port and the cache's folder."""
    with tempfile.TemporaryDirectory(prefix="sealgate-run-") as name, socket.create_server(("127.0.0.1", 0)) as probe:
        home, temporary, cache = (Path(name, one) for one in ("home", "tmp", "cache"))
        for path, mode in ((home, 0o555), (temporary, 0o1777), (cache, 0o1777)):
            path.mkdir()
            path.chmod(mode)
        port = int(probe.getsockname()[1])
        probe.close()
        environment = {"PATH": f"{image.path('/opt/sealgate/bin')}:/usr/bin:/bin", "TMPDIR": str(temporary)}
        environment |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
        if request.param:
            environment["XDG_CACHE_HOME"] = str(cache)
        process = subprocess.Popen(
            [*PREFIX, "sealgate", "serve", "--host", "127.0.0.1", "--port", str(port)],
            cwd=home,
            env=environment,
            stderr=subprocess.PIPE,
        )
        try:
            yield port, cache if request.param else None
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _ask(port: int, method: str, path: str, body: object = None) -> tuple[int, Any]:
    text = None if body is None else json.dumps(body)
    for _ in range(200):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            try:
                connection.request(method, path, text, {"Content-Type": "application/json"})
            except ConnectionRefusedError:
                time.sleep(0.1)
                continue
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
    pytest.fail("the service did not start")


def test_both_stages_begin_with_the_same_pinned_base() -> None:
    build, final = _instructions()
    base = "python:${PYTHON_TAG}${PYTHON_DIGEST:+@${PYTHON_DIGEST}}"
    assert _of("FROM", build) == [f"{base} AS build"]
    assert _of("FROM", final) == [base]
    assert re.search(r"^ARG PYTHON_TAG=3\.\d+\.\d+-slim-\w+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_the_final_stage_only_copies() -> None:
    _, final = _instructions()
    assert not _of("RUN", final)
    assert list(_copies(final, between_stages=False)) == []
    assert _of("USER", final) == ["65532:65532"]
    assert json.loads(_of("ENTRYPOINT", final)[0]) == ["sealgate"]


def test_the_context_holds_what_is_copied_and_no_more() -> None:
    build, _ = _instructions()
    ignored, *kept = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert ignored == "*"
    allowed = {line.removeprefix("!") for line in kept if line.startswith("!")}
    copied = {one.partition("/")[0] for sources, _ in _copies(build, between_stages=False) for one in sources}
    assert allowed == copied
    assert all((ROOT / one).exists() for one in copied)
    assert any(fnmatch("webhook/sealgate/__pycache__", line) for line in kept)


def test_the_image_holds_the_policies_without_their_tests(image: Image) -> None:
    policies = image.path("/usr/share/sealgate/policies")
    names = {str(path.relative_to(policies)) for path in policies.rglob("*") if path.is_file()}
    assert "sealgate/decision.rego" in names
    assert "sealgate/data/operations/data.json" in names
    assert not [name for name in names if name.endswith("_test.rego")]
    assert "conftest.rego" not in names


def test_the_image_holds_no_installer(image: Image) -> None:
    installed = {path.name.partition("-")[0] for path in image.path("/opt/sealgate").rglob("*.dist-info")}
    assert {"sealgate", "flask", "wasmtime"} <= installed
    assert not {"pip", "setuptools"} & installed


def test_the_image_has_everything_that_the_package_can_have(image: Image) -> None:
    build, _ = _instructions()
    (extras,) = [match[1] for rest in _of("RUN", build) if (match := re.search(r"'\.\[(.*)\]'", rest))]
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras.split(",")) == set(known)
    modules = "boto3, cryptography, opa_client"
    subprocess.run([image.path("/opt/sealgate/bin/python"), "-c", f"import {modules}"], check=True)


def test_an_opa_server_takes_the_images_policies_as_a_bundle(image: Image) -> None:
    opa = ROOT / ".tools/bin/opa"
    bundle = image.path("/usr/share/sealgate/policies")
    command = [str(opa), "eval", "--bundle", str(bundle), "--format", "raw", "data.sealgate.data.version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads((ROOT / "policies/sealgate/data/version/data.json").read_text())


def test_it_serves_from_read_only_files(
    image: Image, served: tuple[int, Path | None], request_document: dict[str, Any]
) -> None:
    port, cache = served
    before = image.files()
    refused = subprocess.run([*PREFIX, "touch", image.path("/opt/new")], check=False, capture_output=True, text=True)
    assert "Permission denied" in refused.stderr
    assert _ask(port, "GET", "/readyz") == (200, {"ready": True, "failing": {}})
    status, decision = _ask(port, "POST", "/v1/validate", request_document)
    assert (status, decision["version"]["schema"]) == (200, 1)
    assert image.files() == before
    if cache is not None:
        assert [path.suffix for path in (cache / "sealgate").iterdir()] == [".native"]


def test_the_command_of_the_image_is_one_that_it_understands(image: Image) -> None:
    _, final = _instructions()
    command = json.loads(_of("CMD", final)[0])
    port = _of("EXPOSE", final)[0]
    assert command[command.index("--port") + 1] == port
    shown = subprocess.run(
        [image.path("/opt/sealgate/bin/sealgate"), "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(word in shown for word in command if word.startswith("--")), shlex.join(command)
