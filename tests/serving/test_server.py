"""The service as it is run, over real connections."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import pytest
import trustme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.serving.conftest import Files, Service

Serve: TypeAlias = "Callable[..., Service]"


@pytest.fixture
def tls(files: Files) -> list[str]:
    """Return the options with which the service is served over TLS."""
    return [f"--tls-cert={files.certificate}", f"--tls-key={files.key}", f"--tls-ca={files.ca}"]


@pytest.fixture
def silent() -> Iterator[str]:
    """Return the address of an OPA server that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class Load:
    """Reviews without pause on several connections, each of which is opened anew after a few."""

    def __init__(self, service: Service, clients: int = 4, reviews_a_connection: int = 5) -> None:
        self._service = service
        self._reviews = reviews_a_connection
        self._stopped = threading.Event()
        self.answered = 0
        self.failed: list[Exception] = []
        self._threads = [threading.Thread(target=self._run, args=[number]) for number in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(30)

    def wait_for(self, more: int) -> None:
        """Return once so many more reviews were answered."""
        goal, deadline = self.answered + more, time.monotonic() + 30
        while self.answered < goal and not self.failed and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.failed == []
        assert self.answered >= goal

    def _run(self, client: int) -> None:
        number = 0
        while not self._stopped.is_set():
            with closing(self._service.connect()) as connection:
                try:
                    for _ in range(self._reviews):
                        number += 1
                        uid = f"{client}-{number}"
                        assert self._service.review(connection, uid)["uid"] == uid
                        self.answered += 1
                except Exception as error:  # noqa: BLE001 every failure is counted
                    self.failed.append(error)
                    return


def shown(service: Service) -> int:
    from cryptography import x509  # noqa: PLC0415 only where it is looked at

    pem = ssl.get_server_certificate(("127.0.0.1", service.port))
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def metric(service: Service, name: str) -> float:
    lines = service.get("/metrics")[1].splitlines()
    [line] = [line for line in lines if line.rpartition(" ")[0] == name]
    return float(line.rpartition(" ")[2])


class TestTls:
    def test_answers_whoever_trusts_its_authority(self, serve: Serve, tls: list[str], trusting: ssl.SSLContext) -> None:
        service = serve(*tls, context=trusting)

        with closing(service.connect()) as connection:
            assert service.review(connection, "u-1")["uid"] == "u-1"
        with pytest.raises(ssl.SSLCertVerificationError):
            service.get("/healthz", ssl.create_default_context())
        assert metric(service, 'sealgate_certificate_expiry_timestamp_seconds{certificate="ca"}') > time.time()
        assert metric(service, 'sealgate_certificate_expiry_timestamp_seconds{certificate="leaf"}') > time.time()
        assert metric(service, "sealgate_certificate_reload_failures_total") == 0

    @pytest.mark.parametrize("options", [("--workers=1",), ("--workers=2", "--threads=2")])
    def test_replaces_its_certificate_under_load_without_a_failed_request(  # noqa: PLR0913, PLR0917 fixtures and cases
        self,
        serve: Serve,
        tls: list[str],
        files: Files,
        trusting: ssl.SSLContext,
        authority: trustme.CA,
        options: tuple[str, ...],
    ) -> None:
        service = serve(*tls, *options, context=trusting)

        with Load(service) as load:
            for _ in range(3):
                load.wait_for(20)
                files.issue(authority)
                assert shown(service) == files.serial
            load.wait_for(20)

        assert load.failed == []

    def test_goes_on_with_what_it_has_where_the_new_one_can_not_be_used(
        self, serve: Serve, tls: list[str], files: Files, trusting: ssl.SSLContext, authority: trustme.CA
    ) -> None:
        service = serve(*tls, context=trusting)
        serial = files.serial
        other = authority.issue_cert("127.0.0.1")

        with Load(service) as load:
            load.wait_for(10)
            (files.folder / "..data" / "tls.key").write_bytes(other.private_key_pem.bytes())
            load.wait_for(20)
            assert shown(service) == serial

        assert load.failed == []
        assert metric(service, "sealgate_certificate_reload_failures_total") >= 1
        assert any("the certificates are not replaced" in line["message"] for line in service.log())

    def test_asks_clients_for_a_certificate_where_it_has_their_authority(
        self, serve: Serve, tls: list[str], tmp_path: Path, trusting: ssl.SSLContext, authority: trustme.CA
    ) -> None:
        clients = trustme.CA()
        (tmp_path / "clients.crt").write_bytes(clients.cert_pem.bytes())
        service = serve(*tls, f"--client-ca={tmp_path / 'clients.crt'}", context=trusting)
        known, unknown = ssl.create_default_context(), ssl.create_default_context()
        for context, of in ((known, clients), (unknown, trustme.CA())):
            authority.configure_trust(context)
            of.issue_cert("api-server").configure_cert(context)

        for path in ("/healthz", "/readyz", "/metrics"):
            assert service.get(path)[0] == 200
        status, text = service.get("/v1/rules")
        assert (status, json.loads(text)["error"]["type"]) == (403, "forbidden")
        assert service.get("//v1/rules")[0] == 403
        assert service.get("/v1/rules", known)[0] == 200
        with closing(service.connect(known)) as connection:
            assert service.review(connection, "u-1")["uid"] == "u-1"
        with pytest.raises((ssl.SSLError, ConnectionError)):
            service.get("/v1/rules", unknown)


class TestStopping:
    def test_is_not_ready_but_answers_until_it_has_drained(self, serve: Serve) -> None:
        service = serve("--drain-seconds=2", "--workers=2")
        with closing(service.connect()) as kept:
            assert service.review(kept, "u-1")["uid"] == "u-1"
            told = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            while service.get("/readyz")[0] == 200:
                assert time.monotonic() - told < 2
                time.sleep(0.02)

            status, text = service.get("/readyz")
            assert (status, list(json.loads(text)["failing"])) == (503, ["service"])
            assert service.get("/healthz")[0] == 200
            # The answer says that the connection ends, so that the next review goes elsewhere.
            kept.request("GET", "/healthz")
            assert kept.getresponse().getheader("Connection") == "close"

        assert service.stop() == 0
        assert 2 <= time.monotonic() - told < 6

    def test_refuses_nobody_while_it_stops(self, serve: Serve) -> None:
        service = serve("--drain-seconds=3")
        with Load(service) as load:
            load.wait_for(20)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(1.5)
            load.wait_for(20)

        assert load.failed == []
        assert service.stop() == 0

    def test_finishes_what_it_has_begun(self, serve: Serve, silent: str) -> None:
        service = serve("--engine=opa", f"--opa-url={silent}", engine={"timeout_s": 1.5})
        with closing(service.connect()) as connection, ThreadPoolExecutor() as pool:
            answer = pool.submit(service.review, connection, "u-1")
            time.sleep(0.5)
            service.process.send_signal(signal.SIGTERM)

            response = answer.result(10)

        assert (response["uid"], response["allowed"]) == ("u-1", False)
        assert service.stop() == 0

    def test_ends_at_once_where_nobody_asks(self, serve: Serve) -> None:
        service = serve()
        started = time.monotonic()

        assert service.stop() == 0
        assert time.monotonic() - started < 5


class TestAHungEngine:
    def test_denies_in_time_and_holds_up_nobody_for_ever(self, serve: Serve, silent: str) -> None:
        service = serve("--engine=opa", f"--opa-url={silent}", "--threads=2", engine={"timeout_s": 1})

        def ask(number: int) -> float:
            with closing(service.connect()) as connection:
                started = time.monotonic()
                response = service.review(connection, f"u-{number}", "?timeout=2s")
                assert (response["uid"], response["allowed"]) == (f"u-{number}", False)
                assert response["status"]["code"] == 503
                return time.monotonic() - started

        with ThreadPoolExecutor(2) as pool:
            assert max(pool.map(ask, range(2))) < 2
        status, text = service.get("/readyz")
        assert (status, list(json.loads(text)["failing"])) == (503, ["engine opa"])
        assert service.get("/healthz")[0] == 200
        assert metric(service, 'sealgate_engine_failures_total{kind="timeout"}') == 2

    def test_denies_a_review_that_has_waited_too_long_for_its_turn(self, serve: Serve, silent: str) -> None:
        service = serve("--engine=opa", f"--opa-url={silent}", "--threads=1", engine={"timeout_s": 1})

        def ask(number: int) -> dict[str, Any]:
            with closing(service.connect()) as connection:
                return service.review(connection, f"u-{number}", "?timeout=1s")

        started = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(ask, range(6)))

        assert [answer["allowed"] for answer in answers] == [False] * 6
        # One has its time. The others' time is over by then, and they take no more of it.
        assert time.monotonic() - started < 2.5


class TestHostileClients:
    def test_that_say_nothing_take_no_thread(self, serve: Serve) -> None:
        service = serve("--threads=1")
        with closing(socket.create_connection(("127.0.0.1", service.port))), closing(service.connect()) as connection:
            started = time.monotonic()
            assert service.review(connection, "u-1")["uid"] == "u-1"
            assert time.monotonic() - started < 2

    @pytest.mark.parametrize(
        "beginning", [b"P", b"POST /v1/admit HTTP/1.1\r\nHost: a\r\nX-Slow: "], ids=["line", "header"]
    )
    def test_that_go_on_slowly_lose_their_thread(self, serve: Serve, beginning: bytes) -> None:
        service = serve("--threads=1")
        with socket.create_connection(("127.0.0.1", service.port)) as slow:
            slow.sendall(beginning)
            stopped = threading.Event()

            def drip() -> None:
                while not stopped.wait(0.2):
                    try:
                        slow.sendall(b"x")
                    except OSError:
                        return

            dripping = threading.Thread(target=drip)
            dripping.start()
            started = time.monotonic()
            with closing(service.connect(timeout=20)) as connection:
                assert service.review(connection, "u-1")["uid"] == "u-1"
            assert time.monotonic() - started < 8
            stopped.set()
            dripping.join()

    def test_that_send_half_a_handshake_lose_their_thread(
        self, serve: Serve, tls: list[str], trusting: ssl.SSLContext
    ) -> None:
        service = serve(*tls, "--threads=1", context=trusting)
        with socket.create_connection(("127.0.0.1", service.port)) as slow:
            slow.sendall(b"\x16\x03\x01")
            with closing(service.connect(timeout=20)) as connection:
                started = time.monotonic()
                assert service.review(connection, "u-1")["uid"] == "u-1"
                assert time.monotonic() - started < 8

    def test_that_say_nothing_after_the_handshake_take_no_thread(
        self, serve: Serve, tls: list[str], trusting: ssl.SSLContext
    ) -> None:
        service = serve(*tls, "--threads=1", context=trusting)
        with (
            closing(service.connect()) as spare,
            closing(service.connect()) as connection,
        ):
            spare.connect()
            started = time.monotonic()
            assert service.review(connection, "u-1")["uid"] == "u-1"
            assert time.monotonic() - started < 2
            assert service.review(spare, "u-2")["uid"] == "u-2"

    def test_with_a_long_head_are_refused(self, serve: Serve) -> None:
        service = serve()
        with closing(service.connect()) as connection:
            connection.request("GET", "/healthz", headers={"X-Long": "x" * 10_000})
            assert connection.getresponse().status == 431


def test_reviews_on_one_connection_do_not_wait_for_acknowledgements(serve: Serve) -> None:
    service = serve()
    with closing(service.connect()) as connection:
        service.review(connection, "u-0")
        started = time.monotonic()
        for number in range(50):
            service.review(connection, f"u-{number}")

    # With Nagle's algorithm each would take 40 ms.
    assert time.monotonic() - started < 1.5


def test_a_connection_is_kept_for_longer_than_its_client_keeps_it(serve: Serve) -> None:
    service = serve()
    with closing(service.connect()) as connection:
        service.review(connection, "u-1")
        time.sleep(4)  # twice as long as gunicorn keeps one by itself
        assert service.review(connection, "u-2")["uid"] == "u-2"


def test_counts_of_several_workers_and_threads_add_up(serve: Serve) -> None:
    service = serve("--workers=2", "--threads=4")
    with ThreadPoolExecutor(8) as pool:

        def ask(client: int) -> None:
            for number in range(5):
                with closing(service.connect()) as connection:
                    assert service.review(connection, f"{client}-{number}")["uid"] == f"{client}-{number}"

        list(pool.map(ask, range(8)))

    counted = [line for line in service.get("/metrics")[1].splitlines() if line.startswith("sealgate_decisions_total")]
    assert sum(float(line.rpartition(" ")[2]) for line in counted) == 40
    assert len({line["uid"] for line in service.log() if line["logger"] == "sealgate.decisions"}) == 40
