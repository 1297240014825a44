"""Keeps natively compiled policies in files that only this user can have written: they are run without a check."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIX: Final = ".native"
_KEPT: Final = 8
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH

_log = logging.getLogger(__name__)


class NativeCache:
    """A directory of compiled modules, one file for each key.

    Neither reading nor writing ever fails: where the directory can't be used, or is not this user's alone, nothing is
    found in it and nothing is put into it, and the log says why.
    """

    def __init__(self, directory: Path | None) -> None:
        """Use `directory`; without one, the user's own cache directory."""
        # Elsewhere, files can't be told to be this user's alone.
        self._directory = (directory or _default_directory()) if os.name == "posix" else None

    def read(self, key: str) -> bytes | None:
        """Return the module under `key`, if it is there, whole, and written by this user."""
        try:
            with self._opened() as directory:
                content = _own_content(key + _SUFFIX, directory)
        except OSError as error:
            _log.debug("no compiled policies in the cache: %s", error)
            return None
        module = content[len(_head(key, b"")) :]
        if content != _head(key, module) + module:
            _log.warning("the compiled policies in %s are damaged: they are compiled anew", self._directory)
            return None
        return module

    def write(self, key: str, module: bytes) -> None:
        """Put `module` under `key`, at once and whole, and let go of all but the newest eight."""
        if self._directory is None:
            return
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._opened() as directory:
                _replace(key, _head(key, module) + module, directory)
                _prune(directory)
        except OSError as error:
            _log.info("the compiled policies are not kept for the next start: %s", error)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        if self._directory is None:
            raise FileNotFoundError("there is no cache directory for this user")
        directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _require_own(directory, str(self._directory))
            yield directory
        finally:
            os.close(directory)


def _default_directory() -> Path | None:
    """Return the cache directory of this user, if there is one."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path("~/.cache").expanduser() if os.environ.get("HOME") else base
    return base / "sealgate" if base.is_absolute() else None


def _head(key: str, module: bytes) -> bytes:
    """Return what stands before `module` under `key`: a file that is damaged, or another's, has a different one."""
    return b"sealgate native module 1\n" + hashlib.sha256(key.encode() + module).digest()


def _require_own(descriptor: int, name: str) -> None:
    status = os.fstat(descriptor)
    if status.st_uid != os.geteuid() or status.st_mode & _OTHERS_MAY_WRITE:
        raise PermissionError(f"{name} is not this user's alone to write")


def _own_content(name: str, directory: int) -> bytes:
    # Not blocking: a named pipe in place of the file would hold us up.
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory), "rb") as file:
        _require_own(file.fileno(), name)
        return file.read()


def _replace(key: str, content: bytes, directory: int) -> None:
    unfinished = f"{key}.{os.urandom(8).hex()}{_SUFFIX}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(unfinished, flags, 0o600, dir_fd=directory), "wb") as file:
            file.write(content)
        os.replace(unfinished, key + _SUFFIX, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=directory)
        raise


def _prune(directory: int) -> None:
    modules = [name for name in os.listdir(directory) if name.endswith(_SUFFIX)]
    modules.sort(key=lambda name: os.stat(name, dir_fd=directory).st_mtime_ns)
    for name in modules[:-_KEPT]:
        os.unlink(name, dir_fd=directory)
