"""Many objects at once: every one gets the answer that it should, and what is stored is what was admitted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.kubernetes.jobs import RIGHT

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Client
    from tests.kubernetes.jobs import Jobs
    from tests.kubernetes.service import Service

CREATES = 500
THREADS = 8


@pytest.mark.parametrize("workers", [1, 2])
def test_every_one_of_many_objects_gets_its_answer(
    run_webhook: Callable[..., AbstractContextManager[Service]],
    jobs: Jobs,
    client: Client,
    namespace: str,
    workers: int,
) -> None:
    keys = [list(RIGHT)[number % len(RIGHT)] for number in range(CREATES)]
    with run_webhook(options=(f"--workers={workers}",)) as service:
        before = service.metric("sealgate_decisions_total", surface="admit")
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(
                pool.map(lambda number: jobs.submit(namespace, keys[number], f"job-{number}"), range(CREATES))
            )
        decided = service.metric("sealgate_decisions_total", surface="admit") - before
    assert [answer.status for answer in answers] == [RIGHT[key] for key in keys]
    assert decided == CREATES
    admitted = {f"job-{number}" for number, key in enumerate(keys) if RIGHT[key] == 201}
    stored = client.request("GET", jobs.kind.url(namespace)).body["items"]
    assert {job["metadata"]["name"] for job in stored} == admitted
    denied = [answer for answer in answers if answer.status == 403]
    assert all(answer.causes[0]["field"] == "spec.outputDataConfig.kmsKeyID" for answer in denied)
