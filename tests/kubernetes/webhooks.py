"""The webhook as the chart registers it, at the address of a service on this machine."""

from __future__ import annotations

import base64
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import yaml
from tests.engine_fixtures import ROOT
from tests.kubernetes.client import JSON_PATCH
from tests.kubernetes.processes import TOOLS, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import trustme
    from tests.kubernetes.client import Client
    from tests.kubernetes.service import Service

CHART = ROOT / "charts" / "sealgate"
RELEASE_NAMESPACE = "sealgate-system"
KIND = "ValidatingWebhookConfiguration"
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
CONFIGURATION = f"{CONFIGURATIONS}/sealgate.{RELEASE_NAMESPACE}"
"""Where the API server has the one that `registered` registers."""


def rendered(*options: str) -> dict[str, Any]:
    """Return the configuration that the chart renders."""
    done = subprocess.run(
        [TOOLS / "helm", "template", "sealgate", CHART, f"--namespace={RELEASE_NAMESPACE}", *options],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    (configuration,) = (made for made in yaml.safe_load_all(done.stdout) if made and made["kind"] == KIND)
    return dict(configuration)


def at(configuration: dict[str, Any], service: Service, authority: trustme.CA) -> dict[str, Any]:
    """Return a configuration that calls a service here, at the path that it called."""
    webhooks = [
        {
            **webhook,
            "clientConfig": {
                "url": service.url + webhook["clientConfig"]["service"]["path"],
                "caBundle": _bundle(authority),
            },
        }
        for webhook in configuration["webhooks"]
    ]
    return {**configuration, "webhooks": webhooks}


@contextmanager
def registered(client: Client, configuration: dict[str, Any], *, in_force: Callable[[], bool]) -> Iterator[None]:
    """Register a configuration meanwhile, from when it is in force on."""
    answer = client.request("POST", CONFIGURATIONS, configuration)
    assert answer.status == 201, answer.message
    try:
        wait_for(in_force)
        yield
    finally:
        assert client.request("DELETE", CONFIGURATION).status == 200
        wait_for(lambda: not in_force())


def redirect(client: Client, service: Service) -> None:
    """Let the webhook call another service."""
    _replace(client, "url", f"{service.url}/v1/admit")


def believe(client: Client, *authorities: trustme.CA) -> None:
    """Let the webhook believe certificates of these authorities, and of no others."""
    _replace(client, "caBundle", _bundle(*authorities))


def _replace(client: Client, member: str, value: str) -> None:
    change = [{"op": "replace", "path": f"/webhooks/0/clientConfig/{member}", "value": value}]
    answer = client.request("PATCH", CONFIGURATION, change, content_type=JSON_PATCH)
    assert answer.status == 200, answer.message


def _bundle(*authorities: trustme.CA) -> str:
    return base64.b64encode(b"".join(authority.cert_pem.bytes() for authority in authorities)).decode()
