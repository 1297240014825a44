"""The service's certificates: read again when their files change, while connections come in."""

from __future__ import annotations

import logging
import os
import ssl
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from sealgate.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cryptography.x509 import Certificate

    from sealgate.settings import TlsSettings

# Files that could not be used are tried again after so long, also where they seem to be the same.
_RETRY_S: Final = 10.0

_log = logging.getLogger(__name__)

_Stamp: TypeAlias = tuple[tuple[int, int, int, int] | None, ...]


class _Loaded(NamedTuple):
    context: ssl.SSLContext
    expiries: Mapping[str, float]


class Certificates:
    """What new connections are greeted with: TLS 1.2 or later, and the certificates that stand in the files now.

    The files are looked at for each connection, through links, so that a secret that Kubernetes has replaced counts at
    once. A connection that stands keeps what it began with. Files that can't be used change nothing: what was loaded
    before stays, the log says why, and `on_failure` is called.

    Raises SettingsError where the files can't be used to begin with.
    """

    def __init__(self, settings: TlsSettings) -> None:
        self._settings = settings
        self._files = [
            file for file in (settings.certificate, settings.key, settings.ca, settings.client_ca) if file is not None
        ]
        self._lock = threading.Lock()
        self._stamp = self._stamped()
        self._loaded = _load(settings)
        self._retry_at: float | None = None
        self.on_failure: Callable[[], object] = lambda: None

    def context(self) -> ssl.SSLContext:
        """Return the context for a connection that begins now."""
        self._refresh()
        return self._loaded.context

    def expiries(self) -> Mapping[str, float]:
        """Return when the certificates in use expire, in seconds since 1970: `leaf`, `ca` and `client_ca`.

        Of several CAs the first to expire counts: those of the certificate's own file, and those of the CA's.
        """
        self._refresh()
        return self._loaded.expiries

    def _refresh(self) -> None:
        if self._stamped() == self._stamp and self._retry_at is None:
            return
        with self._lock:
            # A file that changes while it is read has another stamp the next time.
            stamp = self._stamped()
            if stamp != self._stamp or (self._retry_at is not None and time.monotonic() >= self._retry_at):
                self._replace()
                # Not before: whoever finds the stamp unchanged takes what is loaded.
                self._stamp = stamp

    def _replace(self) -> None:
        try:
            self._loaded = _load(self._settings)
        except SettingsError as error:
            self._retry_at = time.monotonic() + _RETRY_S
            self.on_failure()
            _log.error("the certificates are not replaced, those read before stay in use: %s", error)
        else:
            self._retry_at = None
            _log.info("the certificates are replaced", extra={"fields": {"expiries": self._loaded.expiries}})

    def _stamped(self) -> _Stamp:
        return tuple(map(_stamp_of, self._files))


def _stamp_of(file: Path) -> tuple[int, int, int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 this stands in the way of every connection
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _load(settings: TlsSettings) -> _Loaded:
    """Return what the files hold: a context of its own, so that none is ever half replaced."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    expiries = dict(_expiries(settings))
    try:
        context.load_cert_chain(settings.certificate, settings.key, password=_refuse_passphrase)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the certificate {settings.certificate} can't be used with the key {settings.key}: {_reason(error)}"
        ) from error
    if settings.client_ca is not None:
        context.load_verify_locations(settings.client_ca)
        # Probes and metrics come without a certificate. Whoever asks for a decision is refused later.
        context.verify_mode = ssl.CERT_OPTIONAL
    return _Loaded(context, expiries)


def _refuse_passphrase() -> str:
    raise ValueError("the key has a passphrase, and nobody is there to give it")


def _expiries(settings: TlsSettings) -> Iterator[tuple[str, float]]:
    leaf, *chain = _read(settings.certificate)
    yield "leaf", _expiry(leaf)
    authorities = [*chain, *(_read(settings.ca) if settings.ca is not None else [])]
    if authorities:
        yield "ca", min(map(_expiry, authorities))
    if settings.client_ca is not None:
        yield "client_ca", min(map(_expiry, _read(settings.client_ca)))


def _expiry(certificate: Certificate) -> float:
    return certificate.not_valid_after_utc.timestamp()


def _read(file: Path) -> list[Certificate]:
    try:
        # A library that only TLS needs, and of that only this: Python's own tells no date of a certificate.
        from cryptography import x509  # noqa: PLC0415 it may not be installed
    except ImportError as error:
        raise SettingsError("TLS is not installed: pip install 'sealgate[tls]'") from error
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"the certificates in {file} can't be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).lower().replace("_", " ")
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
