"""Answers that count for a while, each asked for once however many wait for it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


class _Entry(NamedTuple, Generic[Value]):
    future: Future[Value]
    expires: float | None
    """Of the monotonic clock; None while nobody has answered yet."""


class Cache(Generic[Value]):
    """Holds the answers that are there, and those that are on their way.

    It is safe for threads. Of more than `size` entries the one that was asked for the longest ago goes.
    """

    def __init__(self, size: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()

    def get(
        self, key: Hashable, ttl_s: Callable[[Value], float], begin: Callable[[Future[Value]], None]
    ) -> tuple[Future[Value], bool]:
        """Return the future of a key's answer, and whether it was there or on its way already.

        `begin` has somebody fulfil the new future, and does not wait for it. `ttl_s` says of an answer how many seconds
        it counts. An answer that is an exception is forgotten.
        """
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and (entry.expires is None or entry.expires > self._clock()):
                self._entries.move_to_end(key)
                return entry.future, True
            future: Future[Value] = Future()
            self._entries[key] = _Entry(future, None)
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
        future.add_done_callback(lambda done: self._keep(key, done, ttl_s))
        begin(future)
        return future, False

    def __len__(self) -> int:
        """Return how many entries there are, those that no longer count included."""
        return len(self._entries)

    def _keep(self, key: Hashable, done: Future[Value], ttl_s: Callable[[Value], float]) -> None:
        seconds = 0.0 if done.cancelled() or done.exception() is not None else ttl_s(done.result())
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.future is not done:
                return
            if seconds > 0:
                self._entries[key] = _Entry(done, self._clock() + seconds)
            else:
                del self._entries[key]
