"""Generators: each module writes committed files from their sources; `--check` compares instead."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml


def hand_table(name: str) -> Any:  # noqa: ANN401 each generator knows the shape of its own table
    """Return the content of a hand-kept table: a YAML file of this package."""
    return yaml.safe_load(files(__name__).joinpath(name).read_text(encoding="utf-8"))
