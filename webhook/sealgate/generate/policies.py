"""Compile the policies to WebAssembly: webhook/sealgate/compiled/sealgate.wasm, and data.json with their tables.

The same sources and the same OPA give the same bytes, so that `--check` can rebuild and compare.
"""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from sealgate.generate import capabilities
from sealgate.generate.outputs import main, run_opa

FOLDER = "webhook/sealgate/compiled"


def generate(root: Path) -> dict[str, bytes]:
    """Return the compiled policies (WebAssembly) and the document to load as `data` beside them (JSON)."""
    with TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle.tar.gz"
        # Relative paths: the module names its sources in its error messages.
        run_opa(
            root,
            *("build", "--target", "wasm", "--capabilities", capabilities.PATH),
            *(option for name in _entrypoints(root) for option in ("--entrypoint", name)),
            # Tests are never shipped; conftest.rego is for conftest's users, who bring the sources.
            *("--ignore", "*_test.rego", "--ignore", "conftest.rego", "--bundle", "policies", "--output", str(bundle)),
        )
        return {
            f"{FOLDER}/sealgate.wasm": _member(bundle, "/policy.wasm"),
            f"{FOLDER}/data.json": _member(bundle, "/data.json"),
        }


def _entrypoints(root: Path) -> list[str]:
    """Return the questions that the policies answer: each is a rule in a file of its own name, in the root package."""
    files = sorted((root / "policies/sealgate").glob("*.rego"))
    return [f"sealgate/{file.stem}" for file in files if not file.stem.endswith("_test")]


def _member(bundle: Path, name: str) -> bytes:
    with tarfile.open(bundle) as archive:
        file = archive.extractfile(name)
        return file.read() if file else b""


if __name__ == "__main__":
    sys.exit(main(generate))
