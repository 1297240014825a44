"""Where the files that travel with sealgate are: schemas, compiled policies, and the tables among them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from sealgate.errors import EngineError

_PACKAGE = Path(__file__).parent
# An installed package carries the schemas; a checkout has them beside the policies.
_SCHEMAS = (_PACKAGE / "schemas", _PACKAGE.parents[1] / "schemas")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of that name, such as `settings`. It is shared: nobody changes it."""
    folder = next(folder for folder in _SCHEMAS if folder.is_dir())
    content: dict[str, Any] = json.loads((folder / f"{name}.json").read_bytes())
    return content


def compiled(name: str) -> Path:
    """Return where a file of the compiled policies is: `sealgate.wasm` or `data.json`."""
    return _PACKAGE / "compiled" / name


@cache
def tables() -> dict[str, Any]:
    """Return the tables that the policies read, by name. They are shared: nobody changes them.

    Raises EngineError where the policies are not compiled: without them there is no decision either.
    """
    path = compiled("data.json")
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())["sealgate"]["data"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise EngineError(f"the tables of the policies can't be read from {path}: {error}") from error
    return data


def operations() -> dict[str, dict[str, Any]]:
    """Return the table of operations, by `service:Operation`. Raises EngineError like `tables`."""
    table: dict[str, dict[str, Any]] = tables()["operations"]
    return table


@cache
def rules() -> list[dict[str, Any]]:
    """Return every rule as the catalogue describes it, ordered by id. Raises EngineError like `tables`."""
    areas: dict[str, dict[str, dict[str, Any]]] = tables().get("rules", {})
    return sorted((rule for area in areas.values() for rule in area.values()), key=lambda rule: str(rule["id"]))
