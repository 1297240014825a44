"""The webhook and the certificates of both sides: changed under load, expired, of another authority."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import trustme
from tests.kubernetes import webhooks
from tests.kubernetes.jobs import RIGHT
from tests.kubernetes.processes import wait_for
from tests.serving.conftest import serial_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Client
    from tests.kubernetes.jobs import Jobs
    from tests.kubernetes.service import Service

    RunWebhook = Callable[..., AbstractContextManager[Service]]


def test_certificate_is_replaced_under_load_without_a_failed_request(
    run_webhook: RunWebhook, jobs: Jobs, authority: trustme.CA, namespace: str
) -> None:
    with run_webhook() as service, jobs.without_pause(namespace) as load:
        for _ in range(3):
            load.wait_for(50)
            service.certificates.issue(authority)
            wait_for(lambda: shown_by(service) == service.certificates.serial)
        load.wait_for(50)
    assert not load.wrong


def test_authority_is_replaced_under_load_without_a_failed_request(
    run_webhook: RunWebhook, jobs: Jobs, client: Client, authority: trustme.CA, namespace: str
) -> None:
    """First both authorities are believed, then the certificate is the new one's, then only the new one is believed."""
    new = trustme.CA()
    with run_webhook() as service, jobs.without_pause(namespace) as load:
        webhooks.believe(client, authority, new)
        load.wait_for(50)
        service.certificates.issue(new)
        wait_for(lambda: shown_by(service) == service.certificates.serial)
        load.wait_for(50)
        webhooks.believe(client, new)
        load.wait_for(50)
    assert not load.wrong


def test_certificate_of_another_authority_is_no_service(
    run_webhook: RunWebhook, jobs: Jobs, client: Client, namespace: str
) -> None:
    with run_webhook():
        webhooks.believe(client, trustme.CA())
        wait_for(lambda: jobs.try_out(namespace).status == 500)
        assert "certificate signed by unknown authority" in jobs.try_out(namespace).message


def test_expired_certificate_is_no_service(
    run_webhook: RunWebhook, jobs: Jobs, authority: trustme.CA, namespace: str
) -> None:
    with run_webhook() as service:
        service.certificates.issue(authority, not_after=datetime.now(UTC) - timedelta(seconds=1))
        wait_for(lambda: shown_by(service) == service.certificates.serial)
        service.kill()  # Connections that are open are not looked at again.
        service.start()
        answer = jobs.try_out(namespace)
        assert answer.status == 500
        assert "certificate has expired" in answer.message


def test_service_that_wants_client_certificates_is_asked_with_the_api_servers(
    run_webhook: RunWebhook, jobs: Jobs, client_authority: trustme.CA, namespace: str
) -> None:
    with run_webhook(client_authority=client_authority):
        assert {key: jobs.try_out(namespace, key).status for key in RIGHT} == RIGHT


def test_service_that_believes_other_clients_is_no_service(run_webhook: RunWebhook, jobs: Jobs, namespace: str) -> None:
    with run_webhook(client_authority=trustme.CA()):
        answer = jobs.try_out(namespace)
        assert answer.status == 500
        assert "failed calling webhook" in answer.message


def shown_by(service: Service) -> int:
    """Return the serial number of the certificate that new connections are shown."""
    return serial_of(ssl.get_server_certificate(("127.0.0.1", service.port)))
