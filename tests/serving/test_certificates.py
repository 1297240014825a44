from __future__ import annotations

import builtins
import logging
import os
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from tests.serving.conftest import HOST, serial_of

from sealgate.errors import SettingsError
from sealgate.serving.certificates import Certificates
from sealgate.settings import TlsSettings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.serving.conftest import Files


def settings(files: Files, **others: Any) -> TlsSettings:
    return TlsSettings(certificate=files.certificate, key=files.key, **others)


def shown(certificates: Certificates) -> int:
    """Return the serial number of the certificate that a new connection is shown."""
    ours, theirs = socket.socketpair()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    with ours, theirs:
        server = threading.Thread(target=lambda: certificates.context().wrap_socket(ours, server_side=True).close())
        server.start()
        with client.wrap_socket(theirs) as connection:
            der = connection.getpeercert(binary_form=True)
        server.join(10)
    assert der is not None
    return serial_of(ssl.DER_cert_to_PEM_cert(der))


def test_versions_before_1_2_are_not_spoken(files: Files) -> None:
    assert Certificates(settings(files)).context().minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_same_context_serves_while_nothing_changes(files: Files) -> None:
    certificates = Certificates(settings(files))

    assert certificates.context() is certificates.context()


def test_a_secret_that_is_replaced_counts_at_once(files: Files, authority: trustme.CA) -> None:
    certificates = Certificates(settings(files))
    assert shown(certificates) == files.serial

    for _ in range(3):
        serial = files.issue(authority)
        assert shown(certificates) == serial


def test_a_pair_that_is_written_in_two_steps_never_counts_by_half(
    files: Files, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = Certificates(settings(files))
    failures: list[None] = []
    certificates.on_failure = lambda: failures.append(None)
    leaf = authority.issue_cert(HOST)
    data = files.folder / "..data"

    (data / "tls.crt").write_bytes(leaf.cert_chain_pems[0].bytes())
    assert shown(certificates) == files.serial
    assert shown(certificates) == files.serial
    assert len(failures) == 1
    assert "the certificates are not replaced, those read before stay in use" in caplog.text
    assert "key values mismatch" in caplog.text

    (data / "tls.key").write_bytes(leaf.private_key_pem.bytes())
    assert shown(certificates) == serial_of(leaf.cert_chain_pems[0].bytes().decode())
    assert len(failures) == 1


def test_files_that_are_gone_leave_those_that_were_there(files: Files) -> None:
    certificates = Certificates(settings(files))
    failures: list[None] = []
    certificates.on_failure = lambda: failures.append(None)

    (files.folder / "..data").unlink()

    assert shown(certificates) == files.serial
    assert len(failures) == 1


def test_what_could_not_be_used_is_tried_again(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = Certificates(settings(files))
    failures: list[None] = []
    certificates.on_failure = lambda: failures.append(None)
    clock = iter([0.0, 5.0, 10.0, 10.0, 15.0, 20.0, 20.0])  # it is read again after each failure
    monkeypatch.setattr("sealgate.serving.certificates.time", SimpleNamespace(monotonic=lambda: next(clock)))
    data = files.folder / "..data"
    data.rename(files.folder / "..hidden")

    counts = []
    for _ in range(5):
        certificates.context()
        counts.append(len(failures))

    assert counts == [1, 1, 2, 2, 3]


def test_many_threads_read_it_once(files: Files, authority: trustme.CA, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    certificates = Certificates(settings(files))
    files.issue(authority)
    start = threading.Barrier(8)

    def look() -> None:
        start.wait()
        for _ in range(100):
            certificates.context()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [record.message for record in caplog.records] == ["the certificates are replaced"]


class TestExpiry:
    def test_is_told_of_each_kind(self, files: Files, tmp_path: Path) -> None:
        later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
        intermediate = trustme.CA().create_child_ca()
        files.issue(intermediate, not_after=later)
        clients = trustme.CA()
        (tmp_path / "clients.crt").write_bytes(clients.cert_pem.bytes())

        told = Certificates(settings(files, ca=files.ca, client_ca=tmp_path / "clients.crt")).expiries()

        assert told == {"leaf": later.timestamp(), "ca": expiry(intermediate), "client_ca": expiry(clients)}

    def test_of_the_first_authority_to_expire_counts(self, files: Files, tmp_path: Path) -> None:
        both = tmp_path / "both.crt"
        first, second = trustme.CA(), trustme.CA()
        both.write_bytes(first.cert_pem.bytes() + second.cert_pem.bytes())

        expiries = Certificates(settings(files, client_ca=both)).expiries()

        assert "ca" not in expiries
        assert expiries["client_ca"] == min(expiry(first), expiry(second))

    def test_of_an_expired_certificate_is_told(self, files: Files, authority: trustme.CA) -> None:
        certificates = Certificates(settings(files))
        past = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)

        files.issue(authority, not_after=past)

        assert certificates.expiries()["leaf"] == past.timestamp()


def expiry(authority: trustme.CA) -> float:
    from cryptography import x509  # noqa: PLC0415 only where it is looked at

    return x509.load_pem_x509_certificate(authority.cert_pem.bytes()).not_valid_after_utc.timestamp()


class TestAtTheStart:
    @pytest.mark.parametrize("name", ["certificate", "key", "ca", "client_ca"])
    def test_a_file_that_is_not_there_is_named(self, files: Files, tmp_path: Path, name: str) -> None:
        given = {"certificate": files.certificate, "key": files.key, "ca": files.ca, name: tmp_path / "none.pem"}

        with pytest.raises(SettingsError, match=r"none\.pem.*: No such file or directory$|: No such file"):
            Certificates(TlsSettings(**given))

    @pytest.mark.parametrize("name", ["certificate", "key", "ca", "client_ca"])
    def test_a_file_that_is_none_is_named(self, files: Files, tmp_path: Path, name: str) -> None:
        file = tmp_path / "text.pem"
        file.write_text("no certificate")
        given = {"certificate": files.certificate, "key": files.key, "ca": files.ca, name: file}

        with pytest.raises(SettingsError, match=r"text\.pem"):
            Certificates(TlsSettings(**given))

    def test_the_key_of_another_certificate_is_told(self, files: Files, authority: trustme.CA, tmp_path: Path) -> None:
        other = tmp_path / "other.key"
        other.write_bytes(authority.issue_cert(HOST).private_key_pem.bytes())

        with pytest.raises(SettingsError, match=r"can't be used with the key .*other\.key: key values mismatch"):
            Certificates(TlsSettings(certificate=files.certificate, key=other))

    def test_a_key_with_a_passphrase_asks_nobody(self, files: Files, tmp_path: Path) -> None:
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        locked = tmp_path / "locked.key"
        locked.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(b"secret"),
            )
        )

        with pytest.raises(SettingsError, match=r"locked\.key: the key has a passphrase, and nobody is there"):
            Certificates(TlsSettings(certificate=files.certificate, key=locked))

    def test_without_its_library_there_is_no_tls(self, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
        imported = builtins.__import__

        def without(name: str, *arguments: Any, **named: Any) -> Any:
            if name.partition(".")[0] == "cryptography":
                raise ImportError(name)
            return imported(name, *arguments, **named)

        monkeypatch.setattr(builtins, "__import__", without)

        with pytest.raises(SettingsError, match=r"pip install 'sealgate\[tls\]'"):
            Certificates(settings(files))


def test_a_forked_worker_replaces_them_as_well(files: Files, authority: trustme.CA) -> None:
    certificates = Certificates(settings(files))
    serial = files.issue(authority)
    read, write = os.pipe()

    child = os.fork()
    if not child:
        os.write(write, str(shown(certificates)).encode())
        os._exit(0)

    os.close(write)
    with os.fdopen(read) as told:
        assert int(told.read()) == serial
    os.waitpid(child, 0)
