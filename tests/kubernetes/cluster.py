"""A Kubernetes control plane without nodes: etcd and kube-apiserver on this machine."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

import urllib3
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.kubernetes.client import Client
from tests.kubernetes.processes import TOOLS, Program, free_port

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

USER = "ml-platform"


class Cluster:
    """A running control plane, and its user, who may do everything."""

    def __init__(self, folder: Path, *, client_certificate: trustme.LeafCert) -> None:
        self._folder = folder
        self._audit_log = folder / "audit.log"
        etcd_url, peer_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.etcd = Program(
            "etcd",
            [
                TOOLS / "etcd",
                f"--data-dir={folder / 'etcd'}",
                f"--listen-client-urls={etcd_url}",
                f"--advertise-client-urls={etcd_url}",
                f"--listen-peer-urls={peer_url}",
                f"--initial-advertise-peer-urls={peer_url}",
                f"--initial-cluster=default={peer_url}",
                "--unsafe-no-fsync",
                "--log-level=warn",
            ],
            log=folder / "etcd.log",
        )
        self.api_server: Program | None = None
        try:
            self._start_api_server(etcd_url, client_certificate)
        except BaseException:
            self.stop()
            raise

    def _start_api_server(self, etcd_url: str, client_certificate: trustme.LeafCert) -> None:
        port, token = free_port(), secrets.token_hex(16)
        url = f"https://127.0.0.1:{port}"
        folder = self._folder
        (folder / "tokens.csv").write_text(f"{token},{USER},{USER},system:masters\n", encoding="utf-8")
        self.api_server = Program(
            "kube-apiserver",
            [
                TOOLS / "kube-apiserver",
                f"--etcd-servers={etcd_url}",
                f"--cert-dir={folder / 'certs'}",
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                f"--secure-port={port}",
                "--service-cluster-ip-range=127.96.0.0/24",
                "--endpoint-reconciler-type=none",
                *self._service_accounts(),
                "--authorization-mode=RBAC",
                f"--token-auth-file={folder / 'tokens.csv'}",
                # No controller gives service accounts to namespaces here.
                "--disable-admission-plugins=ServiceAccount",
                f"--admission-control-config-file={self._admission_configuration(client_certificate)}",
                f"--audit-policy-file={self._audit_policy()}",
                f"--audit-log-path={self._audit_log}",
                # It opens and closes connections to etcd for every kind, and logs each of them.
                "--vmodule=controller=0,logging=0",
            ],
            log=folder / "kube-apiserver.log",
        )
        # It writes its own certificate when it starts.
        certificate = folder / "certs" / "apiserver.crt"
        self.api_server.wait_until(certificate.exists)
        self.client = Client(
            url, certificate=certificate, token=token, kubeconfig=self._kubeconfig(url, certificate, token)
        )
        self.api_server.wait_until(self._is_ready)

    def stop(self) -> None:
        """End both, the API server first: without etcd it would try to reach it for 20 seconds before it ends."""
        if self.api_server is not None:
            self.api_server.stop()
        self.etcd.stop()

    def audited(self, namespace: str) -> list[dict[str, Any]]:
        """Return the audit log's events of the changes in a namespace, the oldest first."""
        events = [json.loads(line) for line in self._audit_log.read_text(encoding="utf-8").splitlines()]
        return [event for event in events if event["objectRef"].get("namespace") == namespace]

    def _is_ready(self) -> bool:
        try:
            return self.client.request("GET", "/readyz").status == 200
        except (urllib3.exceptions.HTTPError, OSError):
            return False

    def _service_accounts(self) -> list[str]:
        key = ec.generate_private_key(ec.SECP256R1())
        private, public = self._folder / "service-accounts.key", self._folder / "service-accounts.pub"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        public.write_bytes(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        return [
            "--service-account-issuer=https://127.0.0.1",
            f"--service-account-key-file={public}",
            f"--service-account-signing-key-file={private}",
        ]

    def _admission_configuration(self, certificate: trustme.LeafCert) -> Path:
        """Let the API server show a client certificate to every webhook; only those look at it that ask for one."""
        pem = self._folder / "webhook-client.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(pem))
        kubeconfig = self._write(
            "webhook-kubeconfig.yaml",
            {
                "apiVersion": "v1",
                "kind": "Config",
                "users": [{"name": "*", "user": {"client-certificate": str(pem), "client-key": str(pem)}}],
            },
        )
        return self._write(
            "admission.yaml",
            {
                "apiVersion": "apiserver.config.k8s.io/v1",
                "kind": "AdmissionConfiguration",
                "plugins": [
                    {
                        "name": "ValidatingAdmissionWebhook",
                        "configuration": {
                            "apiVersion": "apiserver.config.k8s.io/v1",
                            "kind": "WebhookAdmissionConfiguration",
                            "kubeConfigFile": str(kubeconfig),
                        },
                    }
                ],
            },
        )

    def _audit_policy(self) -> Path:
        """Log who changed what, with the annotations of the webhooks."""
        return self._write(
            "audit-policy.yaml",
            {
                "apiVersion": "audit.k8s.io/v1",
                "kind": "Policy",
                "omitStages": ["RequestReceived"],
                "rules": [
                    {"level": "Metadata", "verbs": ["create", "update", "patch", "delete"]},
                    {"level": "None"},
                ],
            },
        )

    def _kubeconfig(self, url: str, certificate: Path, token: str) -> Path:
        return self._write(
            "kubeconfig.yaml",
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "tests", "cluster": {"server": url, "certificate-authority": str(certificate)}}],
                "users": [{"name": USER, "user": {"token": token}}],
                "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": USER}}],
                "current-context": "tests",
            },
        )

    def _write(self, name: str, content: dict[str, Any]) -> Path:
        path = self._folder / name
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path
