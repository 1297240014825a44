from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from sealgate.context.cache import Cache


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Asked:
    """Who fulfils futures when told, and counts them."""

    def __init__(self) -> None:
        self.futures: list[Future[str]] = []

    def __call__(self, future: Future[str]) -> None:
        self.futures.append(future)


def for_ten_seconds(_: str) -> float:
    return 10.0


def test_an_answer_counts_until_its_time_is_over() -> None:
    clock, asked = Clock(), Asked()
    cache: Cache[str] = Cache(10, clock=clock)
    first, hit = cache.get("key", for_ten_seconds, asked)
    assert not hit
    asked.futures[0].set_result("one")
    clock.now = 9.9
    again, hit = cache.get("key", for_ten_seconds, asked)
    assert hit
    assert again is first
    clock.now = 10.0
    anew, hit = cache.get("key", for_ten_seconds, asked)
    assert not hit
    assert anew is not first
    assert len(asked.futures) == 2


def test_what_is_on_its_way_is_asked_for_once_however_long_it_takes() -> None:
    clock, asked = Clock(), Asked()
    cache: Cache[str] = Cache(10, clock=clock)
    cache.get("key", for_ten_seconds, asked)
    clock.now = 1000.0
    _, hit = cache.get("key", for_ten_seconds, asked)
    assert hit
    assert len(asked.futures) == 1


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_an_answer_that_does_not_count_is_forgotten(seconds: float) -> None:
    asked = Asked()
    cache: Cache[str] = Cache(10)
    cache.get("key", lambda _: seconds, asked)
    asked.futures[0].set_result("one")
    assert len(cache) == 0


def test_an_exception_and_a_cancelled_call_are_forgotten() -> None:
    asked = Asked()
    cache: Cache[str] = Cache(10)
    cache.get("a", for_ten_seconds, asked)
    cache.get("b", for_ten_seconds, asked)
    asked.futures[0].set_exception(ValueError())
    asked.futures[1].cancel()
    assert len(cache) == 0


def test_the_one_that_was_asked_for_the_longest_ago_goes() -> None:
    asked = Asked()
    cache: Cache[str] = Cache(2)
    for name in ("a", "b", "a", "c"):
        cache.get(name, for_ten_seconds, asked)
    assert len(cache) == 2
    assert [cache.get(name, for_ten_seconds, asked)[1] for name in ("a", "c", "b")] == [True, True, False]
    # What went while it was asked for stays away.
    asked.futures[1].set_result("late")
    assert len(cache) == 2


def test_many_threads_ask_once() -> None:
    asked = Asked()
    cache: Cache[str] = Cache(10)
    together = threading.Barrier(50)

    def ask(_: int) -> bool:
        together.wait()
        return cache.get("key", for_ten_seconds, asked)[1]

    with ThreadPoolExecutor(50) as pool:
        hits = list(pool.map(ask, range(50)))
    assert hits.count(False) == 1
    assert len(asked.futures) == 1
