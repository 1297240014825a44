from __future__ import annotations

import logging
import os
import stat
from typing import TYPE_CHECKING

import pytest
import wasmtime

from sealgate.engines.native_cache import NativeCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sealgate.engines import Engine

KEY = "0" * 64
MODULE = b"\x7fELF and so on\n" * 100


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "of" / "sealgate"


@pytest.fixture
def file(directory: Path) -> Path:
    """Return the file of a module that is kept, as it should be."""
    NativeCache(directory).write(KEY, MODULE)
    (file,) = directory.iterdir()
    return file


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list that grows by one whenever policies are compiled natively."""
    calls: list[None] = []
    serialize = wasmtime.Module.serialize

    def counted(module: wasmtime.Module) -> bytearray:
        calls.append(None)
        return serialize(module)

    monkeypatch.setattr(wasmtime.Module, "serialize", counted)
    return calls


def test_module_is_kept_for_this_user_alone(directory: Path, file: Path) -> None:
    assert NativeCache(directory).read(KEY) == MODULE
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_module_that_was_never_kept_is_not_found(directory: Path) -> None:
    assert NativeCache(directory).read(KEY) is None
    assert not directory.exists()


@pytest.mark.usefixtures("file")
def test_module_is_replaced_at_once(directory: Path) -> None:
    NativeCache(directory).write(KEY, b"another")
    assert NativeCache(directory).read(KEY) == b"another"
    assert len(list(directory.iterdir())) == 1


@pytest.mark.parametrize("length", [0, 1, 25, 40, 57, 200, -1])
def test_truncated_file_is_not_used(directory: Path, file: Path, length: int, caplog: pytest.LogCaptureFixture) -> None:
    file.write_bytes(file.read_bytes()[:length])
    assert NativeCache(directory).read(KEY) is None
    assert "are damaged" in caplog.text


@pytest.mark.parametrize("position", [0, 30, 57, 500, -1])
def test_file_with_a_wrong_bit_is_not_used(directory: Path, file: Path, position: int) -> None:
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)
    assert NativeCache(directory).read(KEY) is None


def test_file_that_goes_on_after_its_module_is_not_used(directory: Path, file: Path) -> None:
    with file.open("ab") as opened:
        opened.write(b"more")
    assert NativeCache(directory).read(KEY) is None


def test_file_of_other_policies_is_not_used(directory: Path, file: Path) -> None:
    other = "1" * 64
    file.rename(file.with_name(f"{other}.native"))
    assert NativeCache(directory).read(other) is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_file_that_others_may_write_is_not_used(directory: Path, file: Path, mode: int) -> None:
    file.chmod(mode)
    assert NativeCache(directory).read(KEY) is None


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_directory_that_others_may_write_is_not_used(directory: Path, file: Path, mode: int) -> None:
    directory.chmod(mode)
    cache = NativeCache(directory)
    assert cache.read(KEY) is None
    cache.write("1" * 64, MODULE)
    assert list(directory.iterdir()) == [file]


@pytest.mark.usefixtures("file")
def test_what_belongs_to_another_user_is_not_used(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: directory.stat().st_uid + 1)
    cache = NativeCache(directory)
    assert cache.read(KEY) is None
    cache.write("1" * 64, MODULE)
    assert len(list(directory.iterdir())) == 1


def test_file_of_another_user_in_ones_own_directory_is_not_used(
    directory: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fstat, inode = os.fstat, file.stat().st_ino

    def of_another(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        if status.st_ino != inode:
            return status
        return os.stat_result([*status[:4], status.st_uid + 1, *status[5:10]])

    monkeypatch.setattr(os, "fstat", of_another)
    assert NativeCache(directory).read(KEY) is None


def test_links_are_not_followed(directory: Path, file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    directory.rename(elsewhere)
    directory.symlink_to(elsewhere)
    assert NativeCache(directory).read(KEY) is None
    assert NativeCache(elsewhere).read(KEY) == MODULE
    module = elsewhere / file.name
    module.rename(tmp_path / "module")
    module.symlink_to(tmp_path / "module")
    assert NativeCache(elsewhere).read(KEY) is None


def test_named_pipe_in_place_of_the_file_holds_nobody_up(directory: Path, file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)
    assert NativeCache(directory).read(KEY) is None


def test_directory_that_can_not_be_made_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "file").touch()
    cache = NativeCache(tmp_path / "file" / "sealgate")
    cache.write(KEY, MODULE)
    assert cache.read(KEY) is None
    assert "are not kept for the next start" in caplog.text


def test_full_disk_leaves_nothing_behind(directory: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    NativeCache(directory).write("1" * 64, MODULE)
    assert list(directory.iterdir()) == [file]
    assert NativeCache(directory).read(KEY) == MODULE


def test_only_the_newest_modules_are_kept(directory: Path) -> None:
    cache = NativeCache(directory)
    for number in range(12):
        cache.write(f"{number:064}", MODULE)
        os.utime(directory / f"{number:064}.native", (number, number))
    (directory / "not-ours").touch()
    cache.write(KEY, MODULE)
    kept = sorted(int(file.stem) for file in directory.iterdir() if file.name != "not-ours")
    assert kept == [0, *range(5, 12)]
    assert (directory / "not-ours").exists()


def test_cache_is_where_the_user_has_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    NativeCache(None).write(KEY, MODULE)
    assert [file.name for file in (tmp_path / "xdg" / "sealgate").iterdir()] == [f"{KEY}.native"]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("relative", ["", "relative"])
def test_cache_is_in_the_users_home_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relative: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", relative)
    monkeypatch.setenv("HOME", str(tmp_path))
    NativeCache(None).write(KEY, MODULE)
    assert [file.name for file in (tmp_path / ".cache" / "sealgate").iterdir()] == [f"{KEY}.native"]


def test_user_without_a_home_has_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME")
    monkeypatch.chdir(tmp_path)
    NativeCache(None).write(KEY, MODULE)
    assert NativeCache(None).read(KEY) is None
    assert not list(tmp_path.iterdir())


def test_platform_on_which_files_belong_to_nobody_has_no_cache(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "name", "other")
    cache = NativeCache(directory)
    cache.write(KEY, MODULE)
    assert cache.read(KEY) is None
    monkeypatch.undo()
    assert not directory.exists()


def test_second_engine_compiles_nothing(
    embedded: Callable[..., Engine], compilations: list[None], directory: Path
) -> None:
    for echo in range(3):
        assert embedded(cache_dir=directory).evaluate({"echo": echo})["value"] == echo
    assert len(compilations) == 1


def test_engine_with_a_damaged_cache_compiles_and_repairs_it(
    embedded: Callable[..., Engine], compilations: list[None], directory: Path
) -> None:
    embedded(cache_dir=directory).evaluate({"echo": 1})
    (file,) = directory.iterdir()
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-4096] + bytes(4096), b""):
        file.write_bytes(damaged)
        compilations.clear()
        for echo in range(2):
            assert embedded(cache_dir=directory).evaluate({"echo": echo})["value"] == echo
        assert len(compilations) == 1


def test_module_that_wasmtime_does_not_take_is_compiled_anew(
    embedded: Callable[..., Engine], compilations: list[None], directory: Path
) -> None:
    embedded(cache_dir=directory).evaluate({"echo": 1})
    (file,) = directory.iterdir()
    # Whole and our own, but of another version, say.
    NativeCache(directory).write(file.stem, MODULE)
    compilations.clear()
    for echo in range(2):
        assert embedded(cache_dir=directory).evaluate({"echo": echo})["value"] == echo
    assert len(compilations) == 1


def test_other_policies_are_kept_apart(embedded: Callable[..., Engine], directory: Path) -> None:
    other = 'package sealgate\n\ndecision := {"allowed": false}\n'
    assert embedded(cache_dir=directory).evaluate({"echo": 1}) == {"allowed": True, "value": 1}
    assert embedded(other, cache_dir=directory).evaluate({}) == {"allowed": False}
    assert len(list(directory.iterdir())) == 2


def test_engine_without_a_usable_cache_decides(embedded: Callable[..., Engine], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert embedded(cache_dir=tmp_path / "file" / "sealgate").evaluate({"echo": 1})["value"] == 1
