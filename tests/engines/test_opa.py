from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sealgate.engines import forks
from sealgate.engines.opa import OpaEngine
from sealgate.errors import EngineError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BEARER = "secret-token"
ADDRESSES = "sealgate.engines.opa._Connection._addresses"
DECIDED = b'{"result": {"allowed": true}}'
SLOW = """package sealgate

decision := {"allowed": count(_none) == 0}

_none := [1 | some a in input.list; some b in input.list; some c in input.list; a == b; b == c; a != c]
"""


def answer(content: bytes, status: str = "200 OK", **headers: object) -> bytes:
    """Return an HTTP answer with its length, unless `headers` give another."""
    fields = {"Content-Type": "application/json", "Content-Length": len(content)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*head, "", ""]).encode() + content


class FakeOpa:
    """A server that reads each request and lets `reply` do with the connection what it will."""

    def __init__(self, reply: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._reply = reply
        self._tls = tls
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        # A closed listener does not wake the thread that waits for it.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join()

    def wait(self, seconds: float) -> bool:
        """Return whether to go on after so many seconds."""
        return not self._stopping.wait(seconds)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while request := self._read(connection):
                self.requests.append(request)
                self._reply(connection)

    def _read(self, connection: socket.socket) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (more := connection.recv(65_536)):
                return b""
            request += more
        head, _, body = request.partition(b"\r\n\r\n")
        length = int(
            next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split()[1]
        )
        while len(body) < length:
            body += connection.recv(65_536)
        return head + b"\r\n\r\n" + body


@pytest.fixture
def fake() -> Iterator[Callable[..., FakeOpa]]:
    """Return a starter of servers that answer with some bytes, or as a function of the connection does."""
    with ExitStack() as stack:

        def start(reply: bytes | Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> FakeOpa:
            send = (lambda connection: connection.sendall(reply)) if isinstance(reply, bytes) else reply
            started = FakeOpa(send, tls)
            stack.callback(started.stop)
            return started

        yield start


@pytest.fixture
def engine() -> Iterator[Callable[..., OpaEngine]]:
    """Return a maker of engines that ask the server at a URL."""
    with ExitStack() as stack:

        def make(url: str, **options: Any) -> OpaEngine:
            made = OpaEngine(url=url, **options)
            stack.callback(made.close)
            return made

        yield make


def unused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_request_is_opas_own(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(answer(DECIDED))
    asked = engine(server.url, token=BEARER, headers={"X-Team": "ml"})
    assert asked.evaluate({"subject": {"é": [1, "ü"]}}) == {"allowed": True}
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/data/sealgate/decision HTTP/1.1"
    fields = dict(line.split(": ", 1) for line in lines[1:])
    assert fields["Content-Type"] == "application/json"
    assert fields["Accept-Encoding"] == "identity"
    assert fields["Authorization"] == "Bearer secret-token"
    assert fields["X-Team"] == "ml"
    assert json.loads(body) == {"input": {"subject": {"é": [1, "ü"]}}}


def test_connection_is_used_again(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(answer(DECIDED))
    asked = engine(server.url)
    for _ in range(5):
        asked.evaluate({})
    assert (server.connections, len(server.requests)) == (1, 5)


def test_server_may_live_under_a_path(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(answer(DECIDED))
    engine(f"{server.url}/opa/").evaluate({}, entrypoint="other/verdict")
    assert server.requests[0].startswith(b"POST /opa/v1/data/other/verdict HTTP/1.1\r\n")


def test_members_beside_the_result_are_opas_own_business(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]
) -> None:
    server = fake(answer(b'{"decision_id": "1", "result": {"allowed": false}, "warning": {}, "metrics": {}}\n'))
    assert engine(server.url).evaluate({}) == {"allowed": False}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{}", "leaves sealgate/decision undefined: are the policies loaded there"),
        (b'{"decision_id": "1"}', "undefined"),
        (b"[]", "something that OPA never answers with"),
        (b"null", "something that OPA never answers with"),
        (b'"allowed"', "something that OPA never answers with"),
        (b"", "can't be read as JSON"),
        (b"<html>", "can't be read as JSON"),
        (DECIDED[:-1], "can't be read as JSON"),
        (DECIDED + b"{}", "can't be read as JSON"),
        (b"\xef\xbb\xbf" + DECIDED, "can't be read as JSON"),
        (b'{"result": {"allowed": true, "x": "\xff"}}', "can't be read as JSON"),
        (DECIDED.decode().encode("utf-16"), "can't be read as JSON"),
        (b'{"result": {"allowed": true, "n": NaN}}', "NaN is no JSON"),
        (b'{"result": {"allowed": true, "n": 1e999}}', "too large a number"),
        (b'{"result": {"allowed": false, "allowed": true}}', "a member stands twice"),
        (b'{"result": {"allowed": false}, "result": {"allowed": true}}', "a member stands twice"),
        (b'{"result": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"result": [{"allowed": true}]}', "answered with a list, where a decision is an object"),
        (b'{"result": true}', "answered with true or false"),
        (b'{"result": null}', "answered with null"),
    ],
    ids=lambda value: ascii(value)[2:40] if isinstance(value, bytes) else "",
)
def test_answer_that_holds_no_decision_is_no_decision(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], content: bytes, reason: str
) -> None:
    with pytest.raises(EngineError, match=reason):
        engine(fake(answer(content)).url).evaluate({})


def test_error_carries_opas_own_words(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    content = {
        "code": "internal_error",
        "message": "error(s) occurred while evaluating query",
        "errors": [{"code": "eval_conflict_error", "message": "complete rules must not\nproduce multiple outputs"}],
    }
    server = fake(answer(json.dumps(content).encode(), "500 Internal Server Error"))
    with pytest.raises(EngineError) as caught:
        engine(server.url).evaluate({})
    assert str(caught.value) == (
        f"OPA at {server.url}: it answered 500: error(s) occurred while evaluating query: "
        "complete rules must not produce multiple outputs"
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "content"),
    [
        ("500 Internal Server Error", DECIDED),
        ("404 Not Found", b"<html>not found</html>"),
        ("401 Unauthorized", b'["no"]'),
        ("503 Service Unavailable", b'{"message": 7, "errors": "none"}'),
        ("201 Created", DECIDED),
        ("204 No Content", b""),
    ],
)
def test_status_other_than_200_is_no_decision(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], status: str, content: bytes
) -> None:
    server = fake(answer(content, status))
    with pytest.raises(EngineError, match=f"it answered {status[:3]}"):
        engine(server.url).evaluate({})
    assert len(server.requests) == 1


def test_words_of_an_error_are_cut(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(answer(json.dumps({"message": "x" * 10_000}).encode(), "500 Internal Server Error"))
    with pytest.raises(EngineError) as caught:
        engine(server.url).evaluate({})
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_redirect_is_not_followed(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], status: str) -> None:
    elsewhere = fake(answer(DECIDED))
    server = fake(answer(DECIDED, status, Location=f"{elsewhere.url}/v1/data/sealgate/decision"))
    with pytest.raises(EngineError, match=f"it answered {status[:3]}"):
        engine(server.url).evaluate({})
    assert elsewhere.connections == 0


def test_proxies_of_the_environment_are_not_used(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = fake(answer(b'{"result": {"allowed": true, "by": "the proxy"}}'))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert engine(fake(answer(DECIDED)).url).evaluate({}) == {"allowed": True}
    assert proxy.connections == 0


def drip(server: list[FakeOpa], content: bytes) -> Callable[[socket.socket], None]:
    def reply(connection: socket.socket) -> None:
        for byte in content:
            connection.sendall(bytes([byte]))
            if not server[0].wait(0.05):
                return

    return reply


@pytest.mark.parametrize(
    "content",
    [
        answer(DECIDED + b" " * 1000),
        answer(b"", Transfer_Encoding="chunked", Content_Length="")[:-2] + b"1\r\n \r\n" * 1000,
        b"HTTP/1.1 200 " + b"O" * 1000,
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 1000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
    ],
    ids=["body", "chunks", "status", "header", "continue"],
)
def test_answer_that_drips_in_is_given_no_more_time_than_any_other(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], content: bytes
) -> None:
    servers: list[FakeOpa] = []
    servers.append(fake(drip(servers, content)))
    asked = engine(servers[0].url, timeout_s=0.4)
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"no answer within 0\.4 s"):
        asked.evaluate({})
    assert 0.35 < time.monotonic() - started < 1
    assert len(servers[0].requests) == 1


def test_server_that_is_silent_is_given_up(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(lambda _: None)
    asked = engine(server.url, timeout_s=0.3)
    for number in range(1, 3):
        started = time.monotonic()
        with pytest.raises(EngineError, match=r"no answer within 0\.3 s"):
            asked.evaluate({})
        assert time.monotonic() - started < 1
        # What may have been heard is not said again.
        assert len(server.requests) == number


def test_plan_has_a_time_of_its_own(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    asked = engine(fake(lambda _: None).url, timeout_s=30, plan_timeout_s=0.3)
    with pytest.raises(EngineError, match=r"no answer within 0\.3 s"):
        asked.evaluate({"subject": {"terraform_plan": {}}})


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_server_that_does_not_read_is_given_up(
    engine: Callable[..., OpaEngine], scheme: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = certified(monkeypatch, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:

        def take() -> socket.socket:
            connection, _ = listener.accept()
            return context.wrap_socket(connection, server_side=True) if scheme == "https" else connection

        taken = thread.submit(take)
        asked = engine(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", timeout_s=0.5)
        started = time.monotonic()
        with pytest.raises(EngineError, match=r"no answer within 0\.5 s"):
            asked.evaluate({"text": "x" * 30_000_000})
        assert time.monotonic() - started < 2
        with taken.result():
            pass


def test_deadline_covers_all_addresses_of_a_name(
    engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(contextlib.closing(socket.socket()))
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(full.getsockname())
        address = (socket.AF_INET, full.getsockname())
        monkeypatch.setattr(ADDRESSES, lambda _: [address] * 4)
        started = time.monotonic()
        with pytest.raises(EngineError, match=r"no answer within 0\.4 s"):
            engine("http://opa.example", timeout_s=0.4).evaluate({})
        assert time.monotonic() - started < 1


def test_next_address_of_a_name_is_tried(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = [int(url.rpartition(":")[2]) for url in (unused_url(), fake(answer(DECIDED)).url)]
    addresses = [(socket.AF_INET, ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(ADDRESSES, lambda _: addresses)
    assert engine("http://opa.example").evaluate({}) == {"allowed": True}


def test_connecting_is_tried_again(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fake(answer(DECIDED))
    ports = [int(url.rpartition(":")[2]) for url in (server.url, unused_url(), unused_url())]
    monkeypatch.setattr(ADDRESSES, lambda _: [(socket.AF_INET, ("127.0.0.1", ports.pop()))])
    assert engine("http://opa.example").evaluate({}) == {"allowed": True}
    assert len(server.requests) == 1


def test_server_that_is_not_there_is_named(engine: Callable[..., OpaEngine]) -> None:
    url = unused_url()
    with pytest.raises(EngineError, match=f"OPA at {url} can't be reached: .*[Rr]efused"):
        engine(url).evaluate({})


def test_name_server_that_is_silent_is_given_up(
    engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.wait(10) and [])
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"no answer within 0\.3 s"):
        engine("http://opa.example", timeout_s=0.3).evaluate({})
    assert time.monotonic() - started < 1
    answers.set()


def test_name_that_is_not_known_is_named(engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(EngineError, match=r"OPA at http://opa\.example can't be reached: its name can't be resolved"):
        engine("http://opa.example").evaluate({})


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        answer(DECIDED, Content_Length=100),
        answer(DECIDED)[:-5],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n" + DECIDED + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + DECIDED,
        b"\x16\x03\x01 this is no HTTP\r\n\r\n",
    ],
    ids=["nothing", "half a header", "less than its length", "half a body", "no last chunk", "half a chunk", "no HTTP"],
)
def test_answer_that_breaks_off_is_no_decision(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], part: bytes
) -> None:
    def reply(connection: socket.socket) -> None:
        connection.sendall(part)
        connection.shutdown(socket.SHUT_RDWR)

    server = fake(reply)
    with pytest.raises(EngineError, match=r"gave no whole answer|can't be read as JSON"):
        engine(server.url).evaluate({})
    assert len(server.requests) == 1


def test_answer_without_a_length_ends_with_its_connection(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]
) -> None:
    def reply(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + DECIDED)
        connection.shutdown(socket.SHUT_RDWR)

    asked = engine(fake(reply).url)
    for _ in range(2):
        assert asked.evaluate({}) == {"allowed": True}


def test_answer_that_is_too_large_is_no_decision(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]
) -> None:
    server = fake(answer(b'{"result": {"text": "' + b"x" * 3_000_000 + b'"}}'))
    with pytest.raises(EngineError, match="larger than 2 MiB"):
        engine(server.url, answer_mib=2).evaluate({})
    assert len(engine(server.url).evaluate({})["text"]) == 3_000_000


def test_answer_without_an_end_is_no_decision(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    def reply(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b" " * 65_536 + b"\r\n")

    with pytest.raises(EngineError, match="larger than 2 MiB"):
        engine(fake(reply).url, answer_mib=2, timeout_s=10).evaluate({})


def test_compressed_answer_is_not_unfolded(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(answer(b"\x1f\x8b\x08" + bytes(100), Content_Encoding="gzip"))
    with pytest.raises(EngineError, match="can't be read as JSON"):
        engine(server.url).evaluate({})


def test_token_stands_in_no_message(fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]) -> None:
    server = fake(answer(b'{"message": "no"}', "401 Unauthorized"))
    asked = engine(server.url, token=BEARER)
    with pytest.raises(EngineError) as caught:
        asked.evaluate({})
    assert "secret-token" not in f"{caught.value!r} {asked!r}"


@pytest.mark.parametrize("token", ["", " secret", "two\nlines", "schlüssel"])
def test_token_that_no_header_carries_is_refused_without_being_shown(
    engine: Callable[..., OpaEngine], token: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        engine("http://127.0.0.1:8181", token=token)
    assert str(caught.value) == "the OPA server's token holds characters that no HTTP header can carry"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("127.0.0.1:8181", "it must be http"),
        ("ftp://127.0.0.1", "it must be http"),
        ("http://", "it must be http"),
        ("unix://run/opa.sock", "it must be http"),
        ("unix://", "it must be http"),
        ("http://127.0.0.1:port", "can't be read"),
        ("http://127.0.0.1:70000", "can't be read"),
        ("http://[::1", "can't be read"),
        ("http://127.0.0.1/?pretty", "goes on after its path"),
        ("http://127.0.0.1/#here", "goes on after its path"),
        ("http://user:secret@127.0.0.1", "holds credentials"),
    ],
)
def test_url_that_names_no_server_is_refused(engine: Callable[..., OpaEngine], url: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        engine(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["timeout_s", "plan_timeout_s"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_timeout_that_can_not_be_is_refused(engine: Callable[..., OpaEngine], name: str, seconds: float) -> None:
    with pytest.raises(SettingsError, match="must be more than 0"):
        engine("http://127.0.0.1:8181", **{name: seconds})


def test_unexpected_failure_is_no_decision(engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sealgate.engines.opa._Session.post", fail)
    with pytest.raises(EngineError, match="failed: MemoryError"):
        engine("http://127.0.0.1:8181").evaluate({})


def certified(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str = "127.0.0.1") -> ssl.SSLContext:
    """Return a server's TLS context, whose certificate the system trusts from now on."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OPA")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context


def test_certificate_that_the_system_trusts_is_enough(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = fake(answer(DECIDED), certified(monkeypatch, tmp_path))
    asked = engine(server.url)
    for _ in range(3):
        assert asked.evaluate({}) == {"allowed": True}
    assert server.connections == 1


def test_certificate_that_nobody_trusts_is_refused(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = fake(answer(DECIDED), certified(monkeypatch, tmp_path))
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(EngineError, match="CERTIFICATE_VERIFY_FAILED"):
        engine(server.url).evaluate({})
    assert server.requests == []


def test_certificate_of_another_host_is_refused(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = fake(answer(DECIDED), certified(monkeypatch, tmp_path, "127.0.0.2"))
    with pytest.raises(EngineError, match="IP address mismatch"):
        engine(server.url).evaluate({})
    assert server.requests == []


def test_tls_answer_that_drips_in_is_given_no_more_time(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    servers: list[FakeOpa] = []
    servers.append(fake(drip(servers, answer(DECIDED + b" " * 1000)), certified(monkeypatch, tmp_path)))
    started = time.monotonic()
    with pytest.raises(EngineError, match=r"no answer within 0\.4 s"):
        engine(servers[0].url, timeout_s=0.4).evaluate({})
    assert time.monotonic() - started < 1


def test_child_of_a_fork_has_connections_of_its_own(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine]
) -> None:
    server = fake(answer(DECIDED))
    asked = engine(server.url)
    asked.evaluate({})
    forks.start_over()  # what happens in a forked child
    assert asked.evaluate({}) == {"allowed": True}
    assert server.connections == 2


def test_unix_socket_is_asked_like_any_server(
    server: Callable[..., Any], engine: Callable[..., OpaEngine], policies: Callable[..., Any], tmp_path: Path
) -> None:
    url = f"unix://{tmp_path}/opa.sock"
    server("--bundle", policies().sources, address=url)
    asked = engine(url)
    for echo in ("a", "x" * 3_000_000):
        assert asked.evaluate({"echo": echo}) == {"allowed": True, "value": echo}


def test_unix_socket_that_is_not_there_is_named(engine: Callable[..., OpaEngine], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"opa\.sock can't be reached: .*No such file"):
        engine(f"unix://{tmp_path}/opa.sock").evaluate({})


def test_large_documents_pass_both_ways(shared_server: Callable[..., Any], engine: Callable[..., OpaEngine]) -> None:
    echo = ["x" * 1000] * 20_000
    assert engine(shared_server().url, timeout_s=30).evaluate({"echo": echo})["value"] == echo


def test_server_without_policies_fails_the_check(server: Callable[..., Any], engine: Callable[..., OpaEngine]) -> None:
    with pytest.raises(EngineError, match="undefined: are the policies loaded there"):
        engine(server().url).check()


def test_policies_in_conflict_are_no_decision_and_opa_says_why(
    shared_server: Callable[..., Any], engine: Callable[..., OpaEngine]
) -> None:
    rego = "package sealgate\n\ndecision := input.a\n\ndecision := input.b\n"
    with pytest.raises(EngineError, match=r"answered 500: .*conflicting values"):
        engine(shared_server(rego).url).evaluate({"a": {"allowed": True}, "b": {"allowed": False}})


def test_server_killed_in_the_middle_of_a_request_gives_no_decision(
    server: Callable[..., Any], engine: Callable[..., OpaEngine], policies: Callable[..., Any]
) -> None:
    started = server("--bundle", policies(SLOW).sources)
    asked = engine(started.url, timeout_s=20)
    assert asked.evaluate({"list": [1]}) == {"allowed": True}
    with ThreadPoolExecutor(1) as thread:
        call = thread.submit(asked.evaluate, {"list": list(range(3000))})
        time.sleep(0.5)
        assert not call.done()
        killed = time.monotonic()
        started.stop()
        with pytest.raises(EngineError, match="gave no whole answer"):
            call.result()
    assert time.monotonic() - killed < 2
    with pytest.raises(EngineError, match="can't be reached"):
        asked.evaluate({"list": [1]})


def test_server_that_comes_back_is_asked_again(engine: Callable[..., OpaEngine], fake: Callable[..., FakeOpa]) -> None:
    closing = [True, False]

    def reply(connection: socket.socket) -> None:
        connection.sendall(answer(DECIDED))
        if closing.pop(0):
            connection.shutdown(socket.SHUT_RDWR)

    asked = engine(fake(reply).url)
    assert asked.evaluate({}) == {"allowed": True}
    time.sleep(0.1)  # until the end of the connection has been seen
    assert asked.evaluate({}) == {"allowed": True}


def test_nothing_is_logged_of_what_is_sent(
    fake: Callable[..., FakeOpa], engine: Callable[..., OpaEngine], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    engine(fake(answer(DECIDED)).url, token=BEARER).evaluate({"key": "secret-key"})
    assert "secret" not in caplog.text
