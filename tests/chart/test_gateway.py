"""The gateway: nginx, configured by the chart, between clients of AWS and what is behind."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.chart.conftest import CHART, NAMESPACE, ChartRefusedError
from tests.gateway import parts
from tests.npm_packages import do_without

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chart.conftest import Manifest, Render, Rendered

NAME = "sealgate-gateway"
VALUES = {"gateway": {"enabled": True, "upstream": "http://jobs.ml.svc"}}
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/us-west-2/sagemaker/aws4_request, Signature=abc"


@pytest.fixture(scope="module")
def rendered(render: Render) -> Rendered:
    return render(VALUES)


@pytest.fixture(scope="module")
def everything(render: Render) -> Rendered:
    return render(yaml.safe_load((CHART / "ci/gateway-values.yaml").read_text(encoding="utf-8")))


def pod_of(rendered: Rendered) -> Manifest:
    return dict(rendered.one("Deployment", NAME)["spec"]["template"])


def configuration_of(rendered: Rendered) -> str:
    return str(rendered.one("ConfigMap", NAME)["data"]["nginx.conf"])


def test_nothing_of_it_is_there_by_default(default: Rendered) -> None:
    assert [one["metadata"]["name"] for one in default.objects if NAME in json.dumps(one)] == []


class TestThePods:
    def test_may_nothing_that_they_need_not(self, everything: Rendered) -> None:
        pod = pod_of(everything)["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}

    def test_are_no_pods_of_sealgate_s_service(self, rendered: Rendered) -> None:
        labels = pod_of(rendered)["metadata"]["labels"]
        for name, serves in (("sealgate", False), (NAME, True)):
            selector = rendered.one("Service", name)["spec"]["selector"]
            assert (selector.items() <= labels.items()) is serves
        for kind in ("PodDisruptionBudget", "Deployment"):
            selector = rendered.one(kind, "sealgate")["spec"]["selector"]["matchLabels"]
            assert not selector.items() <= labels.items()

    def test_hold_the_ca_of_sealgate_and_no_key(self, rendered: Rendered) -> None:
        (volume,) = [one for one in pod_of(rendered)["spec"]["volumes"] if "secret" in one]
        assert volume["secret"] == {"secretName": "sealgate-tls", "items": [{"key": "ca.crt", "path": "ca.crt"}]}

    def test_mount_every_file_that_is_watched(self, everything: Rendered) -> None:
        (container,) = pod_of(everything)["spec"]["containers"]
        mounts = {one["mountPath"] for one in container["volumeMounts"]}
        assert {os.path.dirname(path) for path in container["args"]} <= mounts  # noqa: PTH120 paths of the pod
        for path in re.findall(r"(/etc/sealgate/\S+?\.(?:crt|key));", configuration_of(everything)):
            assert path in container["args"]

    def test_are_replaced_when_their_configuration_changes(self, render: Render, rendered: Rendered) -> None:
        other = render({"gateway": {**VALUES["gateway"], "answerTimeoutSeconds": 9}})
        annotations = [pod_of(one)["metadata"]["annotations"]["checksum/configuration"] for one in (rendered, other)]
        assert annotations[0] != annotations[1]


class TestTheConfiguration:
    def test_leaves_no_name_in_braces(self, rendered: Rendered, everything: Rendered) -> None:
        for one in (rendered, everything):
            assert "${" not in configuration_of(one)

    def test_has_one_limit_for_what_sealgate_is_shown_and_reads(self, everything: Rendered) -> None:
        settings = yaml.safe_load(everything.one("ConfigMap", "sealgate")["data"]["sealgate.yaml"])
        assert f"set $shown_body {settings['max_body_bytes']};" in configuration_of(everything)

    def test_drops_the_caller_that_a_client_says(self, rendered: Rendered, everything: Rendered) -> None:
        assert configuration_of(rendered).count('proxy_set_header X-Sealgate-Caller "";') == 2
        assert configuration_of(everything).count('proxy_set_header X-Caller "";') == 2

    def test_tells_sealgate_where_the_client_s_request_is_said(self, rendered: Rendered, default: Rendered) -> None:
        told = {"name": "SEALGATE_GATEWAY_ORIGINAL", "value": "x-original"}
        (container,) = rendered.one("Deployment", "sealgate")["spec"]["template"]["spec"]["containers"]
        assert told in container["env"]
        assert told not in default.container["env"]

    @pytest.mark.parametrize(
        ("upstream", "scheme", "server"),
        [
            ("http://jobs.ml.svc", "http", "jobs.ml.svc:80"),
            ("https://jobs.ml.svc", "https", "jobs.ml.svc:443"),
            ("https://jobs.ml.svc:8443", "https", "jobs.ml.svc:8443"),
        ],
    )
    def test_forwards_to_the_upstream(self, render: Render, upstream: str, scheme: str, server: str) -> None:
        configuration = configuration_of(render({"gateway": {"enabled": True, "upstream": upstream}}))
        assert f"server {server};" in configuration
        assert f"proxy_pass {scheme}://behind$request_uri;" in configuration
        assert configuration.count("proxy_ssl_verify on;") == (4 if scheme == "https" else 3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"gateway": {"enabled": True}}, "set gateway.upstream"),
        ({"gateway": {"enabled": True, "upstream": "jobs.ml.svc"}}, "/gateway/upstream"),
        ({"gateway": {"enabled": True, "upstream": "http://jobs/path"}}, "/gateway/upstream"),
        (
            {**VALUES, "settings": {"gateway": {"original": "x-forwarded"}}},
            "settings.gateway.original is set by the chart",
        ),
        ({**VALUES, "server": {"clientCA": {"name": "clients"}}}, "set gateway.clientCertificate.secretName"),
        (
            {
                **VALUES,
                "settings": {"max_body_bytes": 67108864},
                "gateway": {**VALUES["gateway"], "maxBodyBytes": 1024},
            },
            "gateway.maxBodyBytes",
        ),
    ],
)
def test_contradictions_are_refused(render: Render, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ChartRefusedError, match=re.escape(said)):
        render(values)


@contextmanager
def installed(folder: Path, rendered: Rendered, trusted: Rendered) -> Iterator[tuple[parts.Part, parts.Upstream]]:
    """Run what the chart renders as programs of this machine; nginx trusts the CA of another rendering."""
    container = rendered.one("Deployment", "sealgate")["spec"]["template"]["spec"]["containers"][0]
    variables = {one["name"]: one["value"] for one in container["env"] if one["name"].startswith("SEALGATE_GATEWAY")}
    for part, names in ((rendered, ("tls.crt", "tls.key")), (trusted, ("ca.crt",))):
        for name in names:
            secret = part.one("Secret", "sealgate-tls")["data"][name]
            (folder / name).write_bytes(base64.b64decode(secret))
    files = rendered.one("ConfigMap", NAME)["data"]
    for name in ("gateway.js", "ask.conf"):
        (folder / name).write_text(files[name], encoding="utf-8")
    with ExitStack() as running:
        sealgate = running.enter_context(
            parts.sealgate(
                folder / "sealgate",
                f"--tls-cert={folder / 'tls.crt'}",
                f"--tls-key={folder / 'tls.key'}",
                settings=rendered.one("ConfigMap", "sealgate")["data"]["sealgate.yaml"],
                is_tls=True,
                **variables,
            )
        )
        upstream = running.enter_context(parts.upstream(folder / "upstream"))
        port, health = parts.free_port(), parts.free_port()
        configuration = files["nginx.conf"]
        for name, here in {
            # First: the folder may be below it.
            " /tmp/": f" {folder}/",
            "listen 8080;": f"listen 127.0.0.1:{port};",
            "listen 8081;": f"listen 127.0.0.1:{health};",
            f"server sealgate.{NAMESPACE}.svc:443;": f"server 127.0.0.1:{sealgate.port};",
            "server jobs.ml.svc:80;": f"server 127.0.0.1:{upstream.port};",
            "/etc/sealgate/gateway": str(folder),
            "/etc/sealgate/ca/": f"{folder}/",
        }.items():
            assert name in configuration
            configuration = configuration.replace(name, here)
        yield running.enter_context(parts.nginx_with(folder, configuration, port, health)), upstream


def submit(gateway: parts.Part, target: str) -> tuple[int, bytes]:
    headers = {"Authorization": SIGNED, "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    status, body, _ = parts.asked(gateway.port, "POST", "/", headers, b"{}")
    return status, body


class TestInstalled:
    @pytest.fixture(autouse=True)
    def _needs_nginx(self) -> None:
        if not parts.nginx_is_here():
            do_without(parts.MISSING)

    def test_it_asks_sealgate_over_tls_and_forwards(self, tmp_path: Path, rendered: Rendered) -> None:
        with installed(tmp_path, rendered, trusted=rendered) as (gateway, upstream):
            status, body = submit(gateway, "SageMaker.CreateJob")
            assert (status, b"SG-MTRL-029" in body) == (403, True)
            assert upstream.arrived() == []
            assert submit(gateway, "SageMaker.ListJobs")[0] == 200
            assert len(upstream.arrived()) == 1

    def test_it_takes_nobody_else_for_sealgate(self, tmp_path: Path, render: Render, rendered: Rendered) -> None:
        # Every rendering without a cluster makes a CA of its own.
        with installed(tmp_path, rendered, trusted=render(VALUES)) as (gateway, upstream):
            status, body = submit(gateway, "SageMaker.ListJobs")
            assert status == 403
            assert b"sealgate gave no answer (502)" in body
            assert upstream.arrived() == []


# A shell could not: what is ignored when it starts, as in the background, stays ignored.
NGINX = f"""#!{sys.executable}
import os, signal, sys, time

def told(line):
    with open(os.environ["JOURNAL"], "a") as journal:
        journal.write(line + "\\n")

signal.signal(signal.SIGHUP, lambda *_: told("reloaded"))
signal.signal(signal.SIGQUIT, lambda *_: (told("stopped"), sys.exit(0)))
told("started " + " ".join(sys.argv[1:]))
while True:
    time.sleep(0.05)
"""


class TestTheScriptThatRunsNginx:
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Path:
        (tmp_path / "nginx").write_text(NGINX, encoding="utf-8")
        (tmp_path / "nginx").chmod(0o755)
        (tmp_path / "tls.crt").write_text("old", encoding="utf-8")
        return tmp_path / "journal"

    @pytest.fixture
    def running(self, tmp_path: Path, journal: Path) -> Iterator[subprocess.Popen[bytes]]:
        script = CHART / "files/gateway/run.sh"
        process = subprocess.Popen(
            ["sh", script, "/etc/nginx.conf", tmp_path / "tls.crt", tmp_path / "missing"],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "JOURNAL": str(journal), "RELOAD_SECONDS": "0.2"},
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def wait_for(self, journal: Path, last: str) -> list[str]:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
            if lines and lines[-1] == last:
                return lines
            time.sleep(0.05)
        pytest.fail(f"{last} was never the last line of {lines}")

    def test_has_it_read_its_files_again_when_one_changes(
        self, running: subprocess.Popen[bytes], journal: Path, tmp_path: Path
    ) -> None:
        self.wait_for(journal, "started -e stderr -c /etc/nginx.conf")
        time.sleep(0.6)
        (tmp_path / "tls.crt").write_text("new", encoding="utf-8")

        assert self.wait_for(journal, "reloaded")[1:] == ["reloaded"]
        assert running.poll() is None

    def test_lets_it_finish_when_it_is_told_to_stop(self, running: subprocess.Popen[bytes], journal: Path) -> None:
        self.wait_for(journal, "started -e stderr -c /etc/nginx.conf")
        time.sleep(0.3)

        running.terminate()

        assert running.wait(timeout=20) == 0
        assert journal.read_text(encoding="utf-8").splitlines()[-1] == "stopped"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"context": {"aws": {"enabled": True}}}, "deny"),
        ({"context": {"aws": {"enabled": True}}, "unverified_keys": "warn"}, "warn"),
        ({"context": {"aws": {"enabled": False}}}, None),
        ({}, None),
    ],
)
def test_what_is_asked_of_aws_is_asked_for_with_certainty(render: Render, settings: Any, expected: str | None) -> None:
    configured = render({**VALUES, "settings": settings}).one("ConfigMap", "sealgate")["data"]["sealgate.yaml"]
    assert yaml.safe_load(configured).get("unverified_keys") == expected
