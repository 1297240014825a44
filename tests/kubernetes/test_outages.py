"""The webhook before a service that is killed, hangs, is replaced, or has no engine, under both failure policies."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.engine_fixtures import opa_server
from tests.kubernetes import webhooks
from tests.kubernetes.jobs import RIGHT
from tests.kubernetes.objects import NO_KEY
from tests.kubernetes.processes import wait_for
from tests.kubernetes.service import answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Client
    from tests.kubernetes.cluster import Cluster
    from tests.kubernetes.jobs import Jobs
    from tests.kubernetes.service import Service

    Run = Callable[..., AbstractContextManager[Service]]

FAIL = "--set=webhook.failurePolicy=Fail"
IGNORE = "--set=webhook.failurePolicy=Ignore"
AFTER_FAILURE = {FAIL: 500, IGNORE: 201}
"""What the API server answers, whatever the job, where the service gives no answer."""

ONE_SECOND = '--set-json=webhook.timeoutSeconds=1,settings.engine={"timeout_s": 0.5}'


def test_killed_service_stops_every_change_under_fail(
    run_webhook: Run, jobs: Jobs, client: Client, namespace: str
) -> None:
    with run_webhook(FAIL) as service:
        assert jobs.submit(namespace).status == 201
        service.kill()
        started = time.monotonic()
        answer = jobs.try_out(namespace)
        assert answer.status == 500
        assert "failed calling webhook" in answer.message
        assert time.monotonic() - started < 1, "a refused connection is known at once"
        assert client.request("DELETE", jobs.kind.url(namespace, "job")).status == 200, "what is there can be deleted"
        service.start()
        assert_judged(jobs, namespace)


def test_killed_service_lets_everything_pass_under_ignore_and_the_audit_log_tells(
    run_webhook: Run, jobs: Jobs, cluster: Cluster, namespace: str
) -> None:
    with run_webhook(IGNORE) as service:
        assert_judged(jobs, namespace)
        service.kill()
        assert jobs.submit(namespace, NO_KEY).status == 201
        told = [name for event in cluster.audited(namespace) for name in event.get("annotations", ())]
        assert "failed-open.validating.webhook.admission.k8s.io/round_0_index_0" in told
        service.start()
        assert_judged(jobs, namespace)


@pytest.mark.parametrize("failure_policy", AFTER_FAILURE)
def test_hanging_service_costs_the_timeout_and_no_more(
    run_webhook: Run, jobs: Jobs, namespace: str, failure_policy: str
) -> None:
    with run_webhook(failure_policy, ONE_SECOND) as service:
        assert_judged(jobs, namespace)
        service.hang()
        started = time.monotonic()
        answer = jobs.try_out(namespace, NO_KEY)
        took = time.monotonic() - started
        assert answer.status == AFTER_FAILURE[failure_policy], answer.message
        assert 1 <= took < 1.5, f"{took} s"
        service.go_on()
        assert_judged(jobs, namespace)


def test_service_is_replaced_under_load_without_a_failed_request(
    run_webhook: Run, run_service: Run, jobs: Jobs, client: Client, namespace: str
) -> None:
    """The order is that of a rolling update: the new pod is ready, the old one is told to end, and still gets some."""
    drained = ("--drain-seconds=2",)
    with (
        run_webhook(options=drained) as old,
        run_service(options=drained) as new,
        jobs.without_pause(namespace) as load,
    ):
        load.wait_for(100)
        old.tell_to_end()
        wait_for(lambda: not answers(f"{old.url}/readyz"))
        load.wait_for(50)
        webhooks.redirect(client, new)
        assert old.wait_for_end() == 0
        load.wait_for(100)
    assert not load.wrong


@pytest.mark.parametrize("failure_policy", AFTER_FAILURE)
def test_without_its_engine_the_service_denies_under_either_policy(
    run_webhook: Run, jobs: Jobs, namespace: str, failure_policy: str
) -> None:
    with opa_server() as opa:
        options = ("--engine=opa", f"--opa-url={opa.url}")
        with run_webhook(failure_policy, options=options) as service:
            assert_judged(jobs, namespace)
            opa.stop()
            answer = jobs.try_out(namespace)
            assert answer.status == 503, answer.message
            assert "the policy engine can't be reached, so it is denied" in answer.message
            assert service.metric("sealgate_engine_failures_total") == 1
            assert not answers(f"{service.url}/readyz")


def assert_judged(jobs: Jobs, namespace: str) -> None:
    """Fail unless a right job is admitted and a wrong one denied."""
    assert {key: jobs.try_out(namespace, key).status for key in RIGHT} == RIGHT
