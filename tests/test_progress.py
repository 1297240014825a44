from __future__ import annotations

import threading
import time

import pytest
from _pytest.capture import CaptureIO

from sealgate import progress
from sealgate.progress import Progress


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    # The class of the stream that a test has, which is not yet there.
    monkeypatch.setattr(CaptureIO, "isatty", lambda _: True)
    monkeypatch.setattr(progress, "PATIENCE_S", 0.05)


def until_shown(shown: Progress) -> None:
    deadline = time.monotonic() + 10
    while shown._bar is None:  # noqa: SLF001 it shows itself when it likes
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.3)


def test_what_is_done_is_shown_while_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1) as shown:
        shown.begin("plan.json")
        until_shown(shown)
        shown.says("deciding on plan.json")
        time.sleep(0.3)
    captured = capsys.readouterr()
    assert "reading plan.json" in captured.err
    assert "deciding on plan.json" in captured.err
    assert captured.out == ""


def test_of_several_inputs_it_is_shown_how_many_are_left(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(4) as shown:
        shown.begin("a.json")
        shown.begin("b.json")
        until_shown(shown)
    assert "reading b.json" in (told := capsys.readouterr().err)
    assert "25%" in told


def test_nothing_is_shown_where_it_is_quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_S", 60)
    before = threading.active_count()
    with Progress(1) as shown:
        shown.begin("plan.json")
    assert capsys.readouterr().err == ""
    deadline = time.monotonic() + 10
    while threading.active_count() > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_is_shown_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(CaptureIO, "isatty", lambda _: False)
    with Progress(1) as shown:
        shown.begin("plan.json")
        time.sleep(0.3)
    assert capsys.readouterr().err == ""


def test_it_goes_away_with_whatever_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with Progress(1) as shown:
            shown.begin("plan.json")
            until_shown(shown)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert capsys.readouterr().err.endswith("\x1b[2K")
    with Progress(1) as late:
        pass
    late._show()  # noqa: SLF001 the moment in which the check ended
    assert capsys.readouterr().err == ""
