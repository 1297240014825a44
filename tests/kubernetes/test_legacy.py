"""Objects that were there before the webhook, and that it would not admit: nothing keeps them from being removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.kubernetes.client import MERGE_PATCH
from tests.kubernetes.objects import KEY, NO_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Answer, Client
    from tests.kubernetes.jobs import Jobs
    from tests.kubernetes.service import Service

FINALIZER = "finalizers.sagemaker.services.k8s.aws/TrainingJob"


@pytest.fixture
def url(
    jobs: Jobs, client: Client, namespace: str, run_webhook: Callable[..., AbstractContextManager[Service]]
) -> Iterator[str]:
    """Make a job that is not admitted, let its controller hold it, and only then register the webhook."""
    job = jobs.made(NO_KEY)
    job["metadata"]["finalizers"] = [FINALIZER]
    assert client.request("POST", jobs.kind.url(namespace), job).status == 201
    with run_webhook():
        yield jobs.kind.url(namespace, "job")


def change(client: Client, url: str, content: dict[str, object]) -> Answer:
    """Change an object."""
    return client.request("PATCH", url, content, content_type=MERGE_PATCH)


def test_it_is_deleted_once_its_controller_lets_it_go(client: Client, url: str) -> None:
    assert client.request("DELETE", url).status == 200
    held = client.request("GET", url).body
    assert "deletionTimestamp" in held["metadata"]
    assert change(client, url, {"metadata": {"finalizers": []}}).status == 200
    assert client.request("GET", url).status == 404


def test_kubectl_deletes_it(client: Client, jobs: Jobs, url: str, namespace: str) -> None:
    assert client.kubectl("delete", jobs.kind.resource, "job", f"-n{namespace}", "--wait=false").returncode == 0
    patch = '{"metadata": {"finalizers": null}}'
    done = client.kubectl("patch", jobs.kind.resource, "job", f"-n{namespace}", "--type=merge", f"--patch={patch}")
    assert done.returncode == 0, done.stderr
    assert client.request("GET", url).status == 404


def test_its_metadata_may_change(client: Client, url: str) -> None:
    assert change(client, url, {"metadata": {"annotations": {"reviewed": "true"}}}).status == 200
    assert change(client, url, {"metadata": {"labels": {"team": "ml"}, "finalizers": []}}).status == 200


def test_its_status_may_change(client: Client, url: str) -> None:
    assert change(client, f"{url}/status", {"status": {"trainingJobStatus": "InProgress"}}).status == 200


def test_its_spec_may_only_become_right(client: Client, url: str) -> None:
    other = change(client, url, {"spec": {"outputDataConfig": {"kmsKeyID": "no key either"}}})
    assert other.status == 403
    assert other.causes[0]["field"] == "spec.outputDataConfig.kmsKeyID"
    assert change(client, url, {"spec": {"outputDataConfig": {"kmsKeyID": KEY}}}).status == 200
    assert change(client, url, {"spec": {"outputDataConfig": {"kmsKeyID": NO_KEY}}}).status == 403
