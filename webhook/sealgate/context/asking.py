"""One call to AWS: tried again while there is time, counted, kept for a while, and made once for all who wait."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from botocore import xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as BotocoreConnectionError,
)

from sealgate.context.cache import Cache
from sealgate.engines import forks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealgate.context.calls import Call
    from sealgate.context.sessions import Sessions
    from sealgate.context.settings import AwsSettings

_NOT_FOUND = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NoSuchEntity",
        "NoSuchKey",
        "NotFoundException",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
_REFUSED = frozenset({"403", "AccessDenied", "AccessDeniedException", "Forbidden", "UnauthorizedOperation"})
_THROTTLED = frozenset(
    {
        "429",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_SERVER_ERROR = 500
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
# What failed is asked for again soon, but not by everybody at once.
_FAILED_TTL_S = 1.0


class Answer(NamedTuple):
    """What AWS answered: `known` with the answer, `absent` where there is no such thing, `unavailable` with a reason.

    `refused` says that reading it is not allowed, which is the same for a while.
    """

    state: Literal["known", "absent", "unavailable"]
    value: Any = None
    reason: str = ""
    refused: bool = False


class Place(NamedTuple):
    """Where a call reads: an account, or the credentials' own, and a Region."""

    account: str | None
    region: str


class _Asked(NamedTuple):
    call: Call
    place: Place
    parameters: Mapping[str, Any]
    deadline: float


class Observer(Protocol):
    """Who counts the calls."""

    def aws_call(self, call: Call, code: str, seconds: float, *, throttled: bool) -> None:
        """Count a call that AWS answered, or did not; `code` is its error's, or OK."""

    def aws_cache(self, call: Call, *, hit: bool) -> None:
        """Count a fact that was wanted, and whether it had been asked for already."""


class Asking:
    """Asks AWS. It is safe for threads and forks."""

    def __init__(self, settings: AwsSettings, sessions: Sessions, observer: Observer | None = None) -> None:
        self._settings = settings
        self._sessions = sessions
        self._observer = observer
        self._begin()
        forks.watch(self)

    def start_over(self) -> None:
        """In a forked child: leave threads, connections and locks to the parent."""
        self._sessions = self._sessions.copy()
        self._begin()

    def close(self) -> None:
        """End the threads; what is still asked for is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def sessions(self) -> Sessions:
        """Return who has the clients."""
        return self._sessions

    def ask(self, call: Call, place: Place, parameters: Mapping[str, Any]) -> Future[Answer]:
        """Return the future of the answer to a call that reads in an account and a Region. It never raises.

        The value is the answer as JSON has it, or the whole list where the call has pages.
        """
        key = (
            self._sessions.role_for(place.account),
            place.region,
            call.service,
            call.operation,
            json.dumps(parameters, sort_keys=True, default=str),
        )
        asked = _Asked(call, place, parameters, time.monotonic() + self._settings.deadline_s)

        def begin(future: Future[Answer]) -> None:
            try:
                self._pool.submit(self._fulfil, future, asked)
            except RuntimeError:  # the pool is shut down
                future.set_result(Answer("unavailable", reason="sealgate is stopping"))

        future, hit = self._cache.get(key, lambda answer: self._ttl_s(call, answer), begin)
        if self._observer is not None:
            self._observer.aws_cache(call, hit=hit)
        return future

    def _begin(self) -> None:
        self._cache: Cache[Answer] = Cache(self._settings.max_entries)
        self._pool = ThreadPoolExecutor(self._settings.max_concurrency, thread_name_prefix="sealgate-aws")

    def _ttl_s(self, call: Call, answer: Answer) -> float:
        own = self._settings.ttl_s[call.kind]
        if answer.state == "known":
            return own
        if answer.state == "absent" or answer.refused:
            return min(own, self._settings.ttl_s["negative"])
        return min(own, _FAILED_TTL_S)

    def _fulfil(self, future: Future[Answer], asked: _Asked) -> None:
        try:
            future.set_result(self._answer(asked))
        except Exception as error:  # noqa: BLE001 whatever it is, those who wait are told, and nobody else
            reason = f"{asked.call.permission} failed: {type(error).__name__}"
            future.set_result(Answer("unavailable", reason=reason))

    def _answer(self, asked: _Asked) -> Answer:
        call, deadline = asked.call, asked.deadline
        attempt = 0
        while True:
            if time.monotonic() >= deadline:
                return Answer("unavailable", reason=f"no answer in time: {call.permission}")
            try:
                return Answer("known", self._whole(asked))
            except _OutOfTimeError:
                return Answer("unavailable", reason=f"no answer in time: {call.permission}")
            except (ClientError, BotoCoreError) as error:
                answer = _meaning(call, error)
                pause = random.uniform(0.5, 1) * min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S)  # noqa: S311 no secret
                if not _may_pass(error) or time.monotonic() + pause >= deadline:
                    return answer
            time.sleep(pause)
            attempt += 1

    def _whole(self, asked: _Asked) -> Any:  # noqa: ANN401 any JSON value
        """Return an answer, with all of its pages where it has some."""
        call, parameters = asked.call, asked.parameters
        client = self._sessions.client(asked.place.account, asked.place.region, call.service)
        method = getattr(client, xform_name(call.operation))
        if call.pages is None:
            return _plain(self._counted(call, method, parameters))
        given, told = call.pages
        members: list[Any] = []
        page: dict[str, Any] = {}
        while True:
            answer = self._counted(call, method, {**parameters, **page})
            members += answer.get(call.member, [])
            if not (token := answer.get(told)) or "Limit" in parameters or "MaxResults" in parameters:
                break
            if time.monotonic() >= asked.deadline:
                raise _OutOfTimeError
            page = {given: token}
        # A call with a limit is asked for one page, and says whether there are more.
        return _plain({call.member: members, "Truncated": bool(token)})

    def _counted(self, call: Call, method: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 botocore's
        started = time.perf_counter()
        code = "OK"
        try:
            answer: dict[str, Any] = method(**parameters)
        except (ClientError, BotoCoreError) as error:
            code = _code(error)
            raise
        finally:
            if self._observer is not None:
                seconds = time.perf_counter() - started
                self._observer.aws_call(call, code, seconds, throttled=code in _THROTTLED)
        return answer


class _OutOfTimeError(Exception):
    """There are more pages than there is time for."""


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def _meaning(call: Call, error: ClientError | BotoCoreError) -> Answer:
    """Return what an error says of the thing that was asked about."""
    code = _code(error)
    if isinstance(error, ClientError) and error.operation_name != call.operation:
        # Before the call a role had to be assumed.
        said = "not allowed" if code in _REFUSED else f"failed with {code}"
        return Answer("unavailable", reason=f"{said}: sts:{error.operation_name}", refused=code in _REFUSED)
    if code in _NOT_FOUND or (code == "ValidationException" and "does not exist" in str(error)):
        return Answer("absent")
    if code in _REFUSED:
        return Answer("unavailable", reason=f"not allowed: {call.permission}", refused=True)
    said = "throttled" if code in _THROTTLED else _SAID.get(type(error), f"failed with {code}")
    return Answer("unavailable", reason=f"{said}: {call.permission}")


_SAID: dict[type[Exception], str] = {
    NoCredentialsError: "there are no AWS credentials",
    ReadTimeoutError: "no answer in time",
}


def _may_pass(error: ClientError | BotoCoreError) -> bool:
    """Say whether the same call may succeed a moment later."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return _code(error) in _THROTTLED or status >= _SERVER_ERROR
    return isinstance(error, HTTPClientError | BotocoreConnectionError)


def _plain(answer: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return an answer of botocore as JSON has it."""
    if isinstance(answer, dict):
        answer = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return json.loads(json.dumps(answer, default=lambda value: value.isoformat() if isinstance(value, date) else ""))
