"""Packages of npm that tests use as data or as separate programs. Nothing of them is shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[1]


def installed(manifest: Path, *, purpose: str) -> Path:
    """Return the folder where the packages of a package.json are installed, which is no part of the project.

    Where they can't be had, the test is skipped on a developer's machine, and fails in CI.
    """
    folder = ROOT / ".tools" / manifest.parent.name
    wanted = manifest.read_text()
    there = folder / "package.json"
    if there.exists() and there.read_text() == wanted and (folder / "node_modules").is_dir():
        return folder
    if shutil.which("npm") is None:
        do_without(f"{purpose} needs node and npm")
    folder.mkdir(parents=True, exist_ok=True)
    there.write_text(wanted)
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder)
        do_without(f"{purpose} could not be installed: {done.stderr.strip()[-300:]}")
    return folder


def do_without(reason: str) -> NoReturn:
    """Skip on a developer's machine; CI has what tests need, and fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
