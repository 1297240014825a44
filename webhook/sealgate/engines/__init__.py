"""The engines that evaluate the policies: one contract, two implementations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sealgate import resources
from sealgate.errors import EngineError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Engine(Protocol):
    """Evaluates an entry point of the policies for an input document. Safe to call from several threads."""

    name: str

    def evaluate(
        self, document: Mapping[str, Any], *, entrypoint: str = "sealgate/decision", timeout_s: float | None = None
    ) -> dict[str, Any]:
        """Return the value of an entry point, by default `data.sealgate.decision`, as it came from the policies.

        It takes at most as long as the engine's own settings say, and at most `timeout_s` seconds. Raises EngineError
        where there is none: undefined, not an object, too slow, out of memory, engine gone.
        """

    def check(self) -> None:
        """Raise EngineError unless a decision could be had now."""

    def close(self) -> None:
        """Give back threads, connections and memory. A closed engine raises EngineError."""


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """Which engine decides, and what it may spend.

    `timeout_s`: seconds that one decision may take, on either engine. `memory_mib` (1 to 2047): what one evaluation may
    hold in the embedded engine. `plan_timeout_s` and `plan_memory_mib`: the same for a Terraform plan. `cache_dir`:
    where that engine keeps the natively compiled policies, by default the user's own cache; it is used only where
    nobody else can write. `opa_url`: `http://`, `https://` or `unix:///path/of.sock`. `opa_token`: sent to the OPA
    server as a bearer token.
    """

    kind: Literal["embedded", "opa"] = "embedded"
    timeout_s: float = 2.0
    memory_mib: int = 512
    plan_timeout_s: float = 120.0
    plan_memory_mib: int = 2047
    opa_url: str = "http://127.0.0.1:8181"
    opa_token: str | None = field(default=None, repr=False)
    cache_dir: Path | None = None


def build(settings: EngineSettings) -> Engine:
    """Return the engine that `settings` ask for; the policies are loaded at its first evaluation or check.

    Raises SettingsError for settings that no engine can follow, EngineError where the engine or its policies are not
    installed.
    """
    # Each engine is imported only where it is used: the libraries of the other may be missing, and cost time.
    if settings.kind == "embedded":
        try:
            from sealgate.engines.embedded import EmbeddedEngine  # noqa: PLC0415 imported where it is used: start-up stays short
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineError(f"wasmtime, which the embedded engine runs on, can't be used here: {error}") from error
        return EmbeddedEngine(
            wasm=resources.compiled("sealgate.wasm"),
            data=resources.compiled("data.json"),
            timeout_s=settings.timeout_s,
            memory_mib=settings.memory_mib,
            plan_timeout_s=settings.plan_timeout_s,
            plan_memory_mib=settings.plan_memory_mib,
            cache_dir=settings.cache_dir,
        )
    if settings.kind == "opa":
        try:
            from sealgate.engines.opa import OpaEngine  # noqa: PLC0415 imported where it is used: start-up stays short
        except ImportError as error:
            raise EngineError("the OPA server engine is not installed: pip install 'sealgate[opa]'") from error
        return OpaEngine(
            url=settings.opa_url,
            timeout_s=settings.timeout_s,
            plan_timeout_s=settings.plan_timeout_s,
            token=settings.opa_token,
        )
    raise SettingsError(f"there is no engine {settings.kind!r}: it is embedded or opa")
