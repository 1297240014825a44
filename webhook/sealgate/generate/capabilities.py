"""Write .ci/capabilities.json: the built-ins that policies may use, which are those native to OPA's WebAssembly.

What is native is asked of OPA itself. A probe policy that calls every built-in is compiled; the module lists those that
it wants from its host, and none of them is allowed.
"""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

import wasmtime

from sealgate.generate.outputs import as_json, main, run_opa

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = ".ci/capabilities.json"

_LEFT_OUT = {
    # The compiler replaces or erases these calls, so no host is asked; they are no business of a rule all the same.
    "rego.metadata.chain",
    "rego.metadata.rule",
    "print",
    "internal.print",
    "internal.test_case",
    # String interpolation writes "<undefined>" where a part is missing: messages are built with concat.
    "internal.template_string",
}
# What Rego v1 needs. Later language features are not asked for, so that older OPA servers can load the policies.
_FEATURES = ("keywords_in_refs", "rego_v1")


def generate(root: Path) -> dict[str, bytes]:
    """Return the capabilities file for the OPA in the checkout's tools."""
    current = json.loads(run_opa(root, "capabilities", "--current"))
    builtins = [builtin for builtin in current["builtins"] if not builtin.get("deprecated")]
    from_host = _wanted_from_host(root, builtins)
    allowed = [builtin for builtin in builtins if builtin["name"] not in from_host | _LEFT_OUT]
    return {
        PATH: as_json(
            {
                "allow_net": [],
                "builtins": allowed,
                "features": [feature for feature in current["features"] if feature in _FEATURES],
                "future_keywords": [],
            }
        )
    }


def _probe(builtins: list[dict[str, Any]]) -> str:
    lines = ["package probe", ""]
    for builtin in builtins:
        arguments = ", ".join(f"input.a{index}" for index in range(len(builtin["decl"].get("args", []))))
        call = f"{builtin['name']}({arguments})"
        # An assignment is no call to probe, and always native.
        if builtin["name"] not in {"assign", "eq"}:
            body = f"_ := {call}" if "result" in builtin["decl"] else call
            lines.append(f'called contains "{builtin["name"]}" if {body}')
    return "\n".join(lines) + "\n"


def _wanted_from_host(root: Path, builtins: list[dict[str, Any]]) -> set[str]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "probe.rego").write_text(_probe(builtins), encoding="utf-8")
        run_opa(root, "build", "-t", "wasm", "-e", "probe/called", "probe.rego", cwd=Path(folder))
        with tarfile.open(Path(folder) / "bundle.tar.gz") as bundle:
            module = bundle.extractfile("/policy.wasm")
            return _host_builtins(module.read() if module else b"")


def _host_builtins(wasm: bytes) -> set[str]:
    """Return the names in the module's own table of host functions (`builtins`, in the ABI of OPA's WebAssembly)."""
    store = wasmtime.Store()
    module = wasmtime.Module(store.engine, wasm)
    memory = wasmtime.Memory(store, next(_memory_types(module)))
    linker = wasmtime.Linker(store.engine)
    linker.define(store, "env", "memory", memory)
    linker.define_unknown_imports_as_traps(module)
    exports = linker.instantiate(store, module).exports(store)
    table = cast("wasmtime.Func", exports["builtins"])(store)
    start = cast("wasmtime.Func", exports["opa_json_dump"])(store, table)
    text = bytes(memory.read(store, start, memory.data_len(store)))
    return set(json.loads(text[: text.index(0)]))


def _memory_types(module: wasmtime.Module) -> Iterator[wasmtime.MemoryType]:
    return (wanted.type for wanted in module.imports if isinstance(wanted.type, wasmtime.MemoryType))


if __name__ == "__main__":
    sys.exit(main(generate))
