"""Training jobs, submitted to an API server one by one or without a pause."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.kubernetes.objects import KEY, NO_KEY
from tests.kubernetes.processes import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kubernetes.client import Answer, Client
    from tests.kubernetes.objects import Kind, Object

OUTPUT_KEY = ("spec", "outputDataConfig", "kmsKeyID")
VOLUME_KEY = ("spec", "resourceConfig", "volumeKMSKeyID")

RIGHT = {KEY: 201, NO_KEY: 403}
"""What the API server answers where the webhook judges."""

_THREADS = 4


class Jobs:
    """Training jobs with an output key."""

    def __init__(self, client: Client, kind: Kind) -> None:
        self.kind = kind
        self._client = client

    def made(self, key: str | None = KEY, name: str = "job") -> Object:
        """Return a job, without submitting it. Its volumes have the right key."""
        return self.kind.object(name, {VOLUME_KEY: KEY} if key is None else {OUTPUT_KEY: key, VOLUME_KEY: KEY})

    def submit(self, namespace: str, key: str | None = KEY, name: str = "job") -> Answer:
        """Make a job."""
        return self._client.request("POST", self.kind.url(namespace), self.made(key, name))

    def try_out(self, namespace: str, key: str | None = KEY) -> Answer:
        """Ask whether a job would be made."""
        job = self.made(key, "tried-out")
        return self._client.request("POST", self.kind.url(namespace), job, query={"dryRun": "All"})

    @contextmanager
    def without_pause(self, namespace: str) -> Iterator[Load]:
        """Try out right and wrong jobs from several threads meanwhile."""
        load = Load()
        ended = threading.Event()

        def work() -> None:
            while not ended.is_set():
                for key in RIGHT:
                    load.add(key, self.try_out(namespace, key))

        threads = [threading.Thread(target=work) for _ in range(_THREADS)]
        for thread in threads:
            thread.start()
        try:
            yield load
        finally:
            ended.set()
            for thread in threads:
                thread.join()


class Load:
    """What comes back while jobs are tried out without a pause."""

    def __init__(self) -> None:
        self.wrong: list[Answer] = []
        """The answers that should have been others."""
        self._came = 0
        self._adding = threading.Lock()

    def add(self, key: str, answer: Answer) -> None:
        """Count an answer."""
        with self._adding:
            self._came += 1
            if answer.status != RIGHT[key]:
                self.wrong.append(answer)

    def wait_for(self, count: int) -> None:
        """Return once so many more have come."""
        wanted = self._came + count
        wait_for(lambda: self._came >= wanted)
