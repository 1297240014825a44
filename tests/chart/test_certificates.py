"""The certificates: made at the first install, kept by upgrades, replaced in time and without a gap."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from tests.chart.conftest import NAMESPACE, RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.chart.conftest import Manifest, Render, Rendered

DAY = 86400
EXPIRES = "sealgate.dev/expires"


def _pem(secret: Manifest, member: str) -> str:
    return base64.b64decode(secret["data"][member]).decode()


def _days_left(pem: str) -> float:
    return (x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp() - time.time()) / DAY


class Cluster:
    """As much of an API server as Helm's `lookup` needs: it knows secrets."""

    def __init__(self) -> None:
        self.secrets: dict[str, Manifest] = {}
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = cluster.answer(self.path.partition("?")[0])
                missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
                content = json.dumps(missing if answer is None else answer).encode()
                self.send_response(404 if answer is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> Any:
        known = {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret", "verbs": ["get"]}
        fixed: dict[str, Any] = {
            "/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.0"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [known]},
        }
        return fixed.get(path) or self.secrets.get(path.removeprefix(f"/api/v1/namespaces/{NAMESPACE}/secrets/"))

    def take(self, rendered: Rendered) -> None:
        """Install the secrets of a rendering."""
        self.secrets = {one["metadata"]["name"]: one for one in rendered.all("Secret")}

    def expire(self, name: str, days: float) -> None:
        """Have a secret say that its certificate has so many days left."""
        self.secrets[name]["metadata"]["annotations"][EXPIRES] = str(int(time.time() + days * DAY))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    thread = threading.Thread(target=cluster.server.serve_forever, daemon=True)
    thread.start()
    yield cluster
    cluster.server.shutdown()
    cluster.server.server_close()
    thread.join()


class Upgrade:
    """Renders as an upgrade in the cluster does, and installs what came out."""

    def __init__(self, render: Render, cluster: Cluster) -> None:
        self.render, self.cluster = render, cluster

    def __call__(self, values: dict[str, Any] | None = None) -> Rendered:
        rendered = self.render(values, "--dry-run=server", "--kube-apiserver", self.cluster.address)
        self.cluster.take(rendered)
        return rendered


@pytest.fixture
def upgrade(render: Render, cluster: Cluster) -> Upgrade:
    return Upgrade(render, cluster)


def _secrets(rendered: Rendered) -> tuple[Manifest, Manifest]:
    return rendered.one("Secret", "sealgate-ca"), rendered.one("Secret", "sealgate-tls")


def _bundle(rendered: Rendered) -> str:
    return base64.b64decode(rendered.webhook["clientConfig"]["caBundle"]).decode()


class TestSelfSigned:
    def test_the_certificate_is_for_the_service_and_by_the_ca(self, default: Rendered, tmp_path: Path) -> None:
        ca, leaf = _secrets(default)
        (tmp_path / "ca.pem").write_text(_pem(ca, "tls.crt"))
        (tmp_path / "leaf.pem").write_text(_pem(leaf, "tls.crt"))
        for name in (f"{RELEASE}.{NAMESPACE}.svc", f"{RELEASE}.{NAMESPACE}.svc.cluster.local"):
            command = ["openssl", "verify", "-CAfile", "ca.pem", "-purpose", "sslserver", "-verify_hostname", name]
            subprocess.run([*command, "leaf.pem"], cwd=tmp_path, check=True, capture_output=True)

    def test_they_last_as_long_as_the_values_and_their_annotations_say(self, render: Render) -> None:
        rendered = render({"tls": {"selfSigned": {"days": 100, "caDays": 300, "renewBeforeDays": 10}}})
        for secret, days in zip(_secrets(rendered), (300, 100), strict=True):
            assert _days_left(_pem(secret, "tls.crt")) == pytest.approx(days, abs=0.01)
            left = int(secret["metadata"]["annotations"][EXPIRES]) - time.time()
            assert left / DAY == pytest.approx(days, abs=0.01)

    def test_no_pod_gets_the_cas_key(self, default: Rendered) -> None:
        mounted = {
            volume["secret"]["secretName"]
            for pod in (default.pod, default.one("Pod")["spec"])
            for volume in pod["volumes"]
            if "secret" in volume
        }
        assert mounted == {"sealgate-tls"}
        assert "tls.key" in default.one("Secret", "sealgate-ca")["data"]
        assert _pem(default.one("Secret", "sealgate-tls"), "ca.crt") == _pem(_secrets(default)[0], "tls.crt")

    def test_the_test_gets_the_ca_alone(self, default: Rendered) -> None:
        (volume,) = [one for one in default.one("Pod")["spec"]["volumes"] if "secret" in one]
        assert [item["key"] for item in volume["secret"]["items"]] == ["ca.crt"]

    def test_an_upgrade_changes_neither(self, upgrade: Upgrade) -> None:
        first, second = upgrade(), upgrade({"replicaCount": 3})
        assert _secrets(first) == _secrets(second)
        assert _bundle(first) == _bundle(second)

    def test_a_certificate_that_ends_soon_is_replaced_under_the_same_ca(
        self, upgrade: Upgrade, cluster: Cluster
    ) -> None:
        first = upgrade()
        cluster.expire("sealgate-tls", 364)
        second = upgrade()
        assert _secrets(second)[0]["data"] == _secrets(first)[0]["data"]
        assert _secrets(second)[1]["data"]["tls.crt"] != _secrets(first)[1]["data"]["tls.crt"]
        assert _secrets(second)[1]["data"]["tls.key"] != _secrets(first)[1]["data"]["tls.key"]
        assert _bundle(second) == _bundle(first)

    def test_one_that_does_not_is_kept(self, upgrade: Upgrade, cluster: Cluster) -> None:
        first = upgrade()
        cluster.expire("sealgate-tls", 366)
        assert _secrets(upgrade())[1]["data"] == _secrets(first)[1]["data"]

    def test_a_ca_that_could_end_before_a_certificate_is_replaced_and_still_trusted(
        self, upgrade: Upgrade, cluster: Cluster
    ) -> None:
        first = upgrade()
        old = _pem(_secrets(first)[0], "tls.crt")
        cluster.expire("sealgate-ca", 1824)
        second = upgrade()
        new = _pem(_secrets(second)[0], "tls.crt")
        assert new != old
        assert _secrets(second)[1]["data"]["tls.crt"] != _secrets(first)[1]["data"]["tls.crt"]
        assert _bundle(second) == new + old
        # And so it stays: pods may show the old certificate for a while after the next upgrade as well.
        third = upgrade()
        assert _secrets(third) == _secrets(second)
        assert _bundle(third) == new + old

    def test_a_ca_with_days_enough_is_kept(self, upgrade: Upgrade, cluster: Cluster) -> None:
        first = upgrade()
        cluster.expire("sealgate-ca", 1826)
        assert _secrets(upgrade())[0]["data"] == _secrets(first)[0]["data"]

    def test_only_the_last_ca_is_trusted_besides_the_new_one(self, upgrade: Upgrade, cluster: Cluster) -> None:
        upgrade()
        cluster.expire("sealgate-ca", 0)
        second = _pem(_secrets(upgrade())[0], "tls.crt")
        cluster.expire("sealgate-ca", 0)
        third = upgrade()
        assert _bundle(third) == _pem(_secrets(third)[0], "tls.crt") + second

    def test_another_name_is_another_certificate(self, upgrade: Upgrade) -> None:
        first, second = upgrade(), upgrade({"clusterDomain": "example.internal"})
        assert _secrets(second)[0]["data"] == _secrets(first)[0]["data"]
        assert _secrets(second)[1]["data"]["tls.crt"] != _secrets(first)[1]["data"]["tls.crt"]

    @pytest.mark.parametrize("lost", ["sealgate-tls", "sealgate-ca"])
    def test_a_secret_that_was_deleted_is_made_again(self, upgrade: Upgrade, cluster: Cluster, lost: str) -> None:
        first = upgrade()
        del cluster.secrets[lost]
        second = upgrade()
        kept = _secrets(second)[0]["data"]["tls.crt"] == _secrets(first)[0]["data"]["tls.crt"]
        assert kept == (lost == "sealgate-tls")
        assert _secrets(second)[1]["data"]["tls.crt"] != _secrets(first)[1]["data"]["tls.crt"]

    def test_a_secret_of_somebody_else_without_our_annotation_is_not_trusted(
        self, upgrade: Upgrade, cluster: Cluster
    ) -> None:
        first = upgrade()
        for secret in cluster.secrets.values():
            del secret["metadata"]["annotations"]
        assert _secrets(upgrade())[1]["data"]["tls.crt"] != _secrets(first)[1]["data"]["tls.crt"]

    def test_without_a_cluster_every_rendering_makes_a_new_one(self, render: Render) -> None:
        assert _bundle(render()) != _bundle(render())


class TestCertManager:
    def test_it_makes_a_ca_of_its_own(self, render: Render) -> None:
        rendered = render({"tls": {"mode": "certManager"}})
        ca, leaf = rendered.one("Certificate", "sealgate-ca")["spec"], rendered.one("Certificate", "sealgate")["spec"]
        root, authority = rendered.one("Issuer", "sealgate-selfsigned"), rendered.one("Issuer", "sealgate-ca")
        assert ca["isCA"] is True
        assert ca["issuerRef"]["name"] == root["metadata"]["name"]
        assert authority["spec"]["ca"]["secretName"] == ca["secretName"]
        assert leaf["issuerRef"] == {"group": "cert-manager.io", "kind": "Issuer", "name": "sealgate-ca"}
        assert f"{RELEASE}.{NAMESPACE}.svc" in leaf["dnsNames"]
        (volume,) = [one for one in rendered.pod["volumes"] if one["name"] == "tls"]
        assert volume["secret"]["secretName"] == leaf["secretName"]
        assert not rendered.has("Secret")

    def test_its_ca_keeps_its_key_so_that_the_old_one_vouches_for_the_new(self, render: Render) -> None:
        rendered = render({"tls": {"mode": "certManager"}})
        assert rendered.one("Certificate", "sealgate-ca")["spec"]["privateKey"]["rotationPolicy"] == "Never"
        assert rendered.one("Certificate", "sealgate")["spec"]["privateKey"]["rotationPolicy"] == "Always"

    def test_an_issuer_of_the_organisation_is_taken_instead(self, render: Render) -> None:
        issuer = {"group": "awspca.cert-manager.io", "kind": "AWSPCAClusterIssuer", "name": "internal"}
        rendered = render({"tls": {"mode": "certManager", "certManager": {"issuerRef": issuer}}})
        assert not rendered.has("Issuer")
        assert rendered.one("Certificate")["spec"]["issuerRef"] == issuer


class TestExistingSecret:
    def test_it_is_mounted_and_its_ca_watched_where_it_has_one(self, render: Render) -> None:
        own = {"name": "own", "caKey": "issuer.pem"}
        rendered = render({"tls": {"mode": "existingSecret", "existingSecret": own}})
        (volume,) = [one for one in rendered.pod["volumes"] if one["name"] == "tls"]
        assert volume["secret"]["secretName"] == "own"
        assert "--tls-ca=/etc/sealgate/tls/issuer.pem" in rendered.container["args"]

    def test_without_a_ca_in_it_none_is_read(self, render: Render) -> None:
        rendered = render({"tls": {"mode": "existingSecret", "existingSecret": {"name": "own"}}})
        assert not [one for one in rendered.container["args"] if one.startswith("--tls-ca")]
        arguments = rendered.one("Pod")["spec"]["containers"][0]["args"]
        assert not [one for one in arguments if one.startswith("--ca")]

    def test_the_test_believes_the_ca_that_the_api_server_is_given(self, render: Render) -> None:
        ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        rendered = render({"tls": {"mode": "existingSecret", "existingSecret": {"name": "own", "caBundle": ca}}})
        assert rendered.one("ConfigMap", "sealgate-test")["data"]["ca.crt"] == ca
        assert "--ca=/etc/sealgate/test/ca.crt" in rendered.one("Pod")["spec"]["containers"][0]["args"]


def test_the_certificate_and_the_ca_are_read_by_the_service(default: Rendered) -> None:
    (mount,) = [one for one in default.container["volumeMounts"] if one["name"] == "tls"]
    folder = mount["mountPath"]
    named = {one for one in default.container["args"] if one.startswith("--tls-")}
    assert named == {f"--tls-cert={folder}/tls.crt", f"--tls-key={folder}/tls.key", f"--tls-ca={folder}/ca.crt"}
