"""An OPA server, asked through opa-python-client on connections that nobody can hold up or send elsewhere."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import queue
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit

from opa_client.opa import OpaClient
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, ReadTimeoutError
from urllib3.util import Retry, Timeout

from sealgate.engines import documents, forks
from sealgate.errors import EngineError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import WriteableBuffer

_OK: Final = 200
_CONNECTIONS: Final = 32
_CHUNK: Final = 65_536
_LONGEST_REASON: Final = 500
# A request that may have reached the server is not sent again: only connecting is tried anew.
_RETRIES: Final = Retry(total=2, connect=2, read=0, redirect=0, status=0, other=0, backoff_factor=0.05)


class OpaEngine:
    """Evaluates the policies on an OPA server, which has loaded them from its own bundles.

    `url` is `http://`, `https://` (verified against the system's certificate authorities) or `unix:///path/of.sock`,
    with OPA's own path prefix if it has one. One decision takes at most `timeout_s` seconds in all, on a Terraform plan
    `plan_timeout_s`, from resolving the host's name to the answer's last byte; an answer has at most `answer_mib` MiB.
    `headers` and `token` (sent as a bearer token) go with each request. Redirects and the environment's proxies are not
    followed.

    Raises SettingsError for a URL, a token or limits that can't be used.
    """

    name = "opa"

    def __init__(  # noqa: PLR0913 - each is a limit of its own, or part of what is sent
        self,
        *,
        url: str,
        timeout_s: float = 2.0,
        plan_timeout_s: float = 120.0,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        answer_mib: int = 64,
    ) -> None:
        for seconds in (timeout_s, plan_timeout_s):
            if not 0 < seconds < math.inf:
                raise SettingsError(f"the engine's timeout is {seconds} s: it must be more than 0")
        if token is not None and not (token.isascii() and token.isprintable() and token.strip() == token != ""):
            raise SettingsError("the OPA server's token holds characters that no HTTP header can carry")
        self._server = _Server.at(url)
        self._timeout_s = timeout_s
        self._plan_timeout_s = plan_timeout_s
        self._headers = dict(headers or {})
        self._token = token
        self._largest_answer = answer_mib * 1024 * 1024
        self._closed = False
        self.start_over()
        forks.watch(self)

    def evaluate(
        self, document: Mapping[str, Any], *, entrypoint: str = documents.DECISION, timeout_s: float | None = None
    ) -> dict[str, Any]:
        """Return the decision on `document`, or the value of another entry point; see `Engine`."""
        if self._closed:
            raise EngineError("the OPA server engine is closed")
        seconds = self._plan_timeout_s if documents.holds_plan(document) else self._timeout_s
        seconds = seconds if timeout_s is None else min(seconds, timeout_s)
        text = documents.encode(document)
        try:
            answer = self._client.within(seconds).query_rule(text, entrypoint)
        except EngineError as error:
            raise EngineError(f"OPA at {self._server.url}: {error}", kind=error.kind) from None
        except (HTTPError, OSError) as error:
            raise self._unanswered(error, seconds) from error
        except Exception as error:
            raise EngineError(f"OPA at {self._server.url} failed: {type(error).__name__}: {error}") from error
        if not isinstance(answer, dict):
            message = f"OPA at {self._server.url} answered with something that OPA never answers with"
            raise EngineError(message, kind="answer")
        if "result" not in answer:
            message = f"OPA at {self._server.url} leaves {entrypoint} undefined: are the policies loaded there?"
            raise EngineError(message, kind="answer")
        return documents.decision(answer["result"])

    def check(self) -> None:
        """Raise EngineError unless a decision could be had now."""
        documents.require_verdict(self.evaluate(documents.PROBE))

    def close(self) -> None:
        """Close all connections."""
        self._closed = True
        self._client.close_connection()

    def start_over(self) -> None:
        """Take connections of our own: those of a parent process would give us its answers."""
        self._client = _Client(
            self._server,
            headers=self._headers,
            token=self._token,
            largest_answer=self._largest_answer,
        )

    def _unanswered(self, error: Exception, seconds: float) -> EngineError:
        chain: list[BaseException] = [error]
        while cause := chain[-1].__cause__ or chain[-1].__context__:
            chain.append(cause)
        server = f"OPA at {self._server.url}"
        if any(isinstance(link, (TimeoutError, ReadTimeoutError)) for link in chain):
            return EngineError(f"{server} gave no answer within {seconds:g} s", kind="timeout")
        if any(isinstance(link, NameResolutionError) for link in chain):
            return EngineError(f"{server} can't be reached: its name can't be resolved", kind="unreachable")
        if any(isinstance(link, NewConnectionError) for link in chain):
            return EngineError(f"{server} can't be reached: {chain[-1]}", kind="unreachable")
        return EngineError(f"{server} gave no whole answer: {error}", kind="unreachable")


@dataclass(frozen=True)
class _Server:
    """Where the server is: one host and port, or a socket in the file system."""

    url: str
    scheme: str
    host: str
    port: int | None
    prefix: str

    @classmethod
    def at(cls, url: str) -> _Server:
        """Return the server at `url`. Raises SettingsError where `url` names none; credentials are never repeated."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SettingsError(f"the OPA server's URL can't be read: {error}") from None
        if "@" in parts.netloc:
            raise SettingsError("the OPA server's URL holds credentials: give them as its token")
        if parts.query or parts.fragment:
            raise SettingsError(f"the OPA server's URL {url!r} goes on after its path")
        if parts.scheme == "unix" and not parts.netloc and parts.path:
            return cls(url, "unix", unquote(parts.path), None, "")
        if parts.scheme in {"http", "https"} and parts.hostname:
            return cls(url, parts.scheme, parts.hostname, port, parts.path.rstrip("/"))
        raise SettingsError(f"the OPA server's URL is {url!r}: it must be http://…, https://… or unix:///path/of.sock")

    def pool(self) -> HTTPConnectionPool:
        if self.scheme == "unix":
            return _UnixPool("localhost", maxsize=_CONNECTIONS, socket_path=self.host)
        if self.scheme == "https":
            return _TlsPool(self.host, self.port, maxsize=_CONNECTIONS)
        return _Pool(self.host, self.port, maxsize=_CONNECTIONS)


class _Client(OpaClient):  # type: ignore[misc]  # it has no types
    """opa-python-client with a session of ours, which is all that it sends requests through."""

    def __init__(self, server: _Server, *, headers: dict[str, str], token: str | None, largest_answer: int) -> None:
        self._server = server
        self._largest_answer = largest_answer
        super().__init__(headers=headers, token=token)
        self.root_url = f"{server.prefix}/v1"

    def within(self, seconds: float) -> _Client:
        """Return this client, on the same connections, with so much time for each answer."""
        client = copy.copy(self)
        client.timeout = seconds
        return client

    def _init_session(self) -> _Session:
        return _Session(self._server.pool(), self.headers, self._largest_answer)


class _Session:
    """The one request that the client makes here, with every limit that it leaves open."""

    def __init__(self, pool: HTTPConnectionPool, headers: Mapping[str, str], largest_answer: int) -> None:
        self._pool = pool
        # A compressed answer could unfold to any size.
        self._headers = {**headers, "Content-Type": "application/json", "Accept-Encoding": "identity"}
        self._largest_answer = largest_answer

    def post(self, url: str, *, json: dict[str, bytes], timeout: float) -> _Answer:
        """Send `json`, whose one member is JSON already, and return the answer within `timeout` seconds in all."""
        response = self._pool.urlopen(
            "POST",
            url,
            body=b'{"input":' + json["input"] + b"}",
            headers=self._headers,
            retries=_RETRIES,
            redirect=False,
            timeout=_Until(time.monotonic() + timeout),
            preload_content=False,
            decode_content=False,
        )
        with contextlib.closing(response):
            return _Answer(response.status, self._content(response))

    def close(self) -> None:
        self._pool.close()

    def _content(self, response: BaseHTTPResponse) -> bytes:
        content = bytearray()
        for chunk in response.stream(_CHUNK, decode_content=False):
            content += chunk
            if len(content) > self._largest_answer:
                raise EngineError(f"the answer is larger than {self._largest_answer >> 20} MiB")
        return bytes(content)


@dataclass(frozen=True)
class _Answer:
    """What the client looks at in an answer."""

    status: int
    content: bytes

    def raise_for_status(self) -> None:
        """Raise EngineError, with OPA's own words, for anything but success; a redirect is none."""
        if self.status != _OK:
            raise EngineError(f"it answered {self.status}{self._said()}")

    def json(self) -> object:
        """Return what the answer says. Raises EngineError where it is not JSON."""
        return documents.decode(self.content)

    def _said(self) -> str:
        try:
            told = documents.decode(self.content)
        except EngineError:
            return ""
        if not isinstance(told, dict):
            return ""
        more = told.get("errors")
        errors = [told, *(more if isinstance(more, list) else [])]
        texts = [error["message"] for error in errors if isinstance(error, dict) and error.get("message")]
        text = " ".join(": ".join(map(str, texts)).split())
        return f": {text[:_LONGEST_REASON]}" if text else ""


class _Until(Timeout):
    """A timeout that ends when the monotonic clock shows `deadline`, however often urllib3 begins it anew."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def clone(self) -> Timeout:
        """Return what is left; a moment at least, as none is no timeout to urllib3."""
        return Timeout(total=max(0.001, self._deadline - time.monotonic()))


class _DeadlineSocket:
    """A connected socket on which `settimeout(t)` gives `t` seconds to all that follows, not to each wait."""

    def __init__(self, connected: socket.socket, timeout: float) -> None:
        self._socket = connected
        self.settimeout(timeout)

    def __getattr__(self, name: str) -> object:
        return getattr(self._socket, name)

    def settimeout(self, timeout: float) -> None:
        self._deadline = time.monotonic() + timeout

    def limit(self) -> None:
        """Let the next operation wait only as long as time is left."""
        self._socket.settimeout(_left(self._deadline))

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self.limit()
            rest = rest[self._socket.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a file to read from; nothing else is asked for."""
        return io.BufferedReader(_DeadlineReader(self, self._socket.makefile("rb", buffering=0)))


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket until its deadline."""

    def __init__(self, limited: _DeadlineSocket, raw: socket.SocketIO) -> None:
        self._limited = limited
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._limited.limit()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(HTTPConnection):
    """A connection on which `timeout` is the time for connecting to all of the host's addresses, then for an answer."""

    def connect(self) -> None:
        super().connect()
        self.sock = cast("socket.socket", _DeadlineSocket(self.sock, self.timeout or 0.0))

    def _new_conn(self) -> socket.socket:
        deadline = time.monotonic() + (self.timeout or 0.0)
        failure: OSError | None = None
        for family, address in self._addresses():
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                connection.settimeout(_left(deadline))
                connection.connect(address)
                if family != socket.AF_UNIX:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                connection.close()
                failure = error
            else:
                return connection
        raise NewConnectionError(self, f"{failure}") from failure

    def _addresses(self) -> list[tuple[int, Any]]:
        try:
            found = _resolved(self.host, self.port, self.timeout or 0.0)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        return [(family, address) for family, _, _, _, address in found]


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _UnixConnection(_Connection):
    def __init__(self, host: str, port: int | None, *, timeout: float | None, socket_path: str) -> None:
        super().__init__(host, port, timeout=timeout)
        self._socket_path = socket_path

    def _addresses(self) -> list[tuple[int, Any]]:
        return [(socket.AF_UNIX, self._socket_path)]


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _UnixPool(HTTPConnectionPool):
    ConnectionCls = _UnixConnection


def _resolved(host: str, port: int | None, seconds: float) -> list[Any]:
    """Return what getaddrinfo does. The system waits for a silent name server as long as it likes: nobody else does."""
    found: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.put(error)

    threading.Thread(target=resolve, name="sealgate-opa-name", daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("the time for an answer is over") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for an answer is over")
    return left
