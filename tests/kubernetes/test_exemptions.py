"""The namespaces that the webhook is asked about, by the values of the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kubernetes.objects import NO_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Client
    from tests.kubernetes.jobs import Jobs
    from tests.kubernetes.service import Service

    RunWebhook = Callable[..., AbstractContextManager[Service]]


LABEL = "sealgate.dev/judged"


def test_namespaces_are_exempt_by_name(run_webhook: RunWebhook, client: Client, jobs: Jobs) -> None:
    exempt, other = client.new_namespace(), client.new_namespace()
    with run_webhook(f"--set=webhook.exemptNamespaces={{{exempt}}}"):
        assert jobs.try_out(exempt, NO_KEY).status == 201
        assert jobs.try_out(other, NO_KEY).status == 403


def test_namespaces_are_judged_that_opted_in(run_webhook: RunWebhook, client: Client, jobs: Jobs) -> None:
    judged, other = client.new_namespace(**{LABEL: "true"}), client.new_namespace()
    # In this one the fixture looks whether the webhook is in force.
    assert client.kubectl("label", "namespace", "default", f"{LABEL}=true").returncode == 0
    with run_webhook(f'--set-json=webhook.namespaceSelector.matchLabels={{"{LABEL}": "true"}}'):
        assert jobs.try_out(judged, NO_KEY).status == 403
        assert jobs.try_out(other, NO_KEY).status == 201
