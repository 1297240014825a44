from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from sealgate.context import calls
from sealgate.context.asking import Answer, Asking, Place
from sealgate.context.settings import AwsSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.context.calls import Call

HERE = Place(None, "us-west-2")
KEY = {"KeyId": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
FOUND = {"KeyMetadata": {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}}
SETTINGS = AwsSettings(deadline_s=5)


class Counted:
    def __init__(self) -> None:
        self.calls: list[tuple[str, str, bool]] = []
        self.hits: list[bool] = []

    def aws_call(self, call: Call, code: str, seconds: float, *, throttled: bool) -> None:
        assert seconds >= 0
        self.calls.append((call.operation, code, throttled))

    def aws_cache(self, call: Call, *, hit: bool) -> None:
        assert call.kind == "keys"
        self.hits.append(hit)


@pytest.fixture
def observer() -> Counted:
    return Counted()


@pytest.fixture
def asks(answers: Any, observer: Counted) -> Iterator[Callable[..., Answer]]:
    """Return what asks for the key, and waits."""
    made: dict[int, Asking] = {}

    def ask(settings: AwsSettings = SETTINGS) -> Answer:
        asking = made.setdefault(id(settings), Asking(settings, answers.sessions(settings), observer))
        return asking.ask(calls.DESCRIBE_KEY, HERE, KEY).result()

    yield ask
    for asking in made.values():
        asking.close()


def test_a_throttled_call_is_made_again(answers: Any, asks: Callable[..., Answer], observer: Counted) -> None:
    answers.answers["DescribeKey"] = [("ThrottlingException", 400), ("ThrottlingException", 400), FOUND]
    assert asks().state == "known"
    assert observer.calls == [
        ("DescribeKey", "ThrottlingException", True),
        ("DescribeKey", "ThrottlingException", True),
        ("DescribeKey", "OK", False),
    ]


@pytest.mark.parametrize("failure", [("KMSInternalException", 500), EndpointConnectionError(endpoint_url="http://x")])
def test_what_may_pass_is_tried_again(answers: Any, asks: Callable[..., Answer], failure: Any) -> None:
    answers.answers["DescribeKey"] = [failure, FOUND]
    assert asks().state == "known"
    assert answers.count["DescribeKey"] == 2


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (("AccessDeniedException", 400), Answer("unavailable", reason="not allowed: kms:DescribeKey", refused=True)),
        (("NotFoundException", 400), Answer("absent")),
        (
            ("InvalidArnException", 400),
            Answer("unavailable", reason="failed with InvalidArnException: kms:DescribeKey"),
        ),
        (NoCredentialsError(), Answer("unavailable", reason="there are no AWS credentials: kms:DescribeKey")),
        (ValueError("odd"), Answer("unavailable", reason="kms:DescribeKey failed: ValueError")),
    ],
)
def test_what_does_not_pass_is_asked_once(
    answers: Any, asks: Callable[..., Answer], failure: Any, expected: Answer
) -> None:
    answers.answers["DescribeKey"] = failure
    assert asks() == expected
    assert asks() == expected
    assert answers.count["DescribeKey"] == 1


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (("ThrottlingException", 400), "throttled: kms:DescribeKey"),
        (ReadTimeoutError(endpoint_url="http://x"), "no answer in time: kms:DescribeKey"),
        (("KMSInternalException", 500), "failed with KMSInternalException: kms:DescribeKey"),
    ],
)
def test_what_goes_on_failing_is_given_up_in_time(
    answers: Any, asks: Callable[..., Answer], failure: Any, reason: str
) -> None:
    settings = AwsSettings(deadline_s=0.5)
    answers.answers["DescribeKey"] = failure
    started = time.monotonic()
    assert asks(settings) == Answer("unavailable", reason=reason)
    assert time.monotonic() - started < 1.0
    assert answers.count["DescribeKey"] > 1


def test_a_refusal_is_forgotten_before_what_is_known(
    answers: Any, asks: Callable[..., Answer], observer: Counted
) -> None:
    settings = AwsSettings(deadline_s=5, ttl_s={**AwsSettings().ttl_s, "negative": 0.2})
    answers.answers["DescribeKey"] = [("AccessDeniedException", 400), FOUND]
    assert asks(settings).state == "unavailable"
    assert asks(settings).state == "unavailable"
    time.sleep(0.25)
    assert asks(settings).state == "known"
    time.sleep(0.25)
    assert asks(settings).state == "known"
    assert observer.hits == [False, True, False, True]


def test_without_a_cache_each_asks(answers: Any, asks: Callable[..., Answer]) -> None:
    answers.answers["DescribeKey"] = FOUND
    settings = SETTINGS.without_cache()
    asks(settings)
    asks(settings)
    assert answers.count["DescribeKey"] == 2


def test_who_is_closed_answers_that_it_is(answers: Any) -> None:
    asking = Asking(SETTINGS, answers.sessions(SETTINGS))
    asking.close()
    assert asking.ask(calls.DESCRIBE_KEY, HERE, KEY).result().reason == "sealgate is stopping"


def test_a_list_that_does_not_end_is_given_up(answers: Any) -> None:
    answers.answers["ListResourceTags"] = {"Tags": [], "Truncated": True, "NextMarker": "more"}
    settings = AwsSettings(deadline_s=0.5)
    asking = Asking(settings, answers.sessions(settings))
    answer = asking.ask(calls.LIST_RESOURCE_TAGS, HERE, KEY).result()
    asking.close()
    assert answer == Answer("unavailable", reason="no answer in time: kms:ListResourceTags")
