from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sealgate import engines, resources
from sealgate.engines import EngineSettings, build
from sealgate.errors import EngineError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

BEARER = "secret-token"


@pytest.fixture
def _compiled(policies: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put small policies in place of sealgate's own."""
    made = policies()
    monkeypatch.setattr(resources, "compiled", {"sealgate.wasm": made.wasm, "data.json": made.data}.get)


@pytest.mark.usefixtures("_compiled")
def test_embedded_engine_is_the_default(tmp_path: Path) -> None:
    with closing(build(EngineSettings(cache_dir=tmp_path / "cache"))) as engine:
        assert engine.name == "embedded"
        assert engine.evaluate({"echo": 1}) == {"allowed": True, "value": 1}
    assert (tmp_path / "cache").is_dir()


@pytest.mark.usefixtures("_compiled")
def test_settings_limit_the_embedded_engine(tmp_path: Path) -> None:
    settings = EngineSettings(cache_dir=tmp_path / "cache", memory_mib=2, timeout_s=5)
    with closing(build(settings)) as engine, pytest.raises(EngineError, match="within 2 MiB"):
        engine.evaluate({"echo": "x" * 3_000_000})


def test_opa_server_is_asked_where_settings_say(shared_server: Callable[..., Any]) -> None:
    url = shared_server().url
    with closing(build(EngineSettings(kind="opa", opa_url=url, opa_token=BEARER))) as engine:
        assert engine.name == "opa"
        assert engine.evaluate({"echo": 1}) == {"allowed": True, "value": 1}


def test_settings_do_not_show_the_token() -> None:
    assert "secret" not in repr(EngineSettings(opa_token=BEARER))


def test_engine_that_is_unknown_is_refused() -> None:
    with pytest.raises(SettingsError, match="there is no engine 'rego': it is embedded or opa"):
        build(EngineSettings(kind="rego"))  # type: ignore[arg-type] # the wrong kind is the test


def test_policies_that_were_not_compiled_name_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "compiled", lambda name: tmp_path / name)
    with pytest.raises(EngineError, match="make policies"):
        build(EngineSettings())


def test_client_that_is_not_installed_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sealgate.engines.opa", raising=False)
    monkeypatch.delattr(engines, "opa", raising=False)
    monkeypatch.setitem(sys.modules, "opa_client.opa", None)
    with pytest.raises(EngineError, match=r"pip install 'sealgate\[opa\]'"):
        build(EngineSettings(kind="opa"))


def test_platform_that_wasmtime_does_not_run_on_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sealgate.engines.embedded", raising=False)
    monkeypatch.delattr(engines, "embedded", raising=False)
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    with pytest.raises(EngineError, match="wasmtime, which the embedded engine runs on, can't be used here"):
        build(EngineSettings())


@pytest.mark.parametrize(
    ("kind", "spared"), [("embedded", {"opa_client", "requests", "urllib3"}), ("opa", {"wasmtime"})]
)
def test_engine_does_not_import_what_only_the_other_needs(kind: str, spared: set[str]) -> None:
    script = (
        "import sys; from sealgate.engines import EngineSettings, build; "
        f"build(EngineSettings(kind={kind!r})); print(*sys.modules, sep='\\n')"
    )
    source = Path(engines.__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=True
    )
    assert spared.isdisjoint(ran.stdout.split())
