"""What the generators share: where the checkout is, running OPA, writing files or comparing them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]


class GenerationError(Exception):
    """A generator's sources are wrong: its text names the file and what to put right."""


def run_opa(root: Path, *arguments: str, cwd: Path | None = None) -> bytes:
    """Run the checkout's own OPA (`make tools` builds it) and return what it prints; GenerationError where it fails."""
    command = [str(root / ".tools/bin/opa"), *arguments]
    try:
        done = subprocess.run(command, cwd=cwd or root, capture_output=True, check=True)  # noqa: S603 our own program
    except FileNotFoundError as error:
        raise GenerationError(f"{command[0]} is missing: run `make tools`") from error
    except subprocess.CalledProcessError as error:
        raise GenerationError(f"opa {arguments[0]} failed:\n{(error.stderr + error.stdout).decode()}") from error
    return done.stdout


def as_json(value: object) -> bytes:
    """Return the JSON text in which generated files are committed: indented, keys ordered, one final newline."""
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()


def folded(value: object, width: int = 100) -> str:
    """Return JSON text in which whatever fits into `width` columns stands on one line; keys keep their order."""
    return _folded(value, "", 0, width)


def _folded(value: object, indent: str, before: int, width: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or len(indent) + before + len(flat) <= width:
        return flat
    deeper = indent + "  "
    if isinstance(value, list):
        items = [_folded(item, deeper, 0, width) for item in value]
        opening, closing = "[", "]"
    else:
        keys = [(json.dumps(key, ensure_ascii=False), item) for key, item in value.items()]
        items = [f"{key}: {_folded(item, deeper, len(key) + 2, width)}" for key, item in keys]
        opening, closing = "{", "}"
    return f"{opening}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{closing}"


def stale(root: Path, files: dict[str, bytes]) -> list[str]:
    """Return those of the files (paths below root, with the content they should have) that are missing or differ."""
    return [
        path for path, content in files.items() if not (root / path).is_file() or (root / path).read_bytes() != content
    ]


def write(root: Path, files: dict[str, bytes]) -> None:
    """Write the files, leaving those that are right untouched, so that make sees no change where there is none."""
    for path in stale(root, files):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(files[path])


def main(generate: Callable[[Path], dict[str, bytes]], arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Be a generator's command: write what `generate(root)` returns, or with --check only compare it.

    Returns 0; 1 where --check finds a stale file or the sources are wrong, with the reason on standard error.
    """
    parser = argparse.ArgumentParser(description=sys.modules[generate.__module__].__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is not up to date")
    options = parser.parse_args(arguments)
    try:
        files = generate(root)
    except GenerationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not options.check:
        write(root, files)
        return 0
    outdated = stale(root, files)
    for path in outdated:
        sys.stderr.write(f"{path} is not up to date: run `make generate`\n")
    return 1 if outdated else 0
