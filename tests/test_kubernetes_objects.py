"""Every key of every kind of the table, judged where it stands, on the policies as they are shipped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.engine_fixtures import ROOT, embedded_engine, input_document

from sealgate import decisions
from sealgate.generate.kubernetes_jobs import KUBERNETES_JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.engines import Engine

Path: TypeAlias = tuple[str, ...]

ROWS: dict[str, dict[str, Any]] = json.loads((ROOT / KUBERNETES_JOBS).read_bytes())
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NO_KEY = "my-key"


def forms(path: list[str]) -> list[Path]:
    """Return the path as people write it: with and without lists of one, in both parts of Crossplane's parameters."""
    parts = ("forProvider", "initProvider") if "forProvider" in path else ("",)
    return list(
        dict.fromkeys(
            tuple(
                part if step == "forProvider" else step for name in path for step in (block if name == "?" else (name,))
            )
            for part in parts
            for block in ((), ("*",))
        )
    )


CASES = [(kind, form) for kind, row in ROWS.items() for key in row["keys"] for form in forms(key["path"])]


def nested(path: Path, value: object) -> Any:
    """Return the object in which a value stands at a path, alone in the lists on the way."""
    if not path:
        return value
    inner = nested(path[1:], value)
    return [inner] if path[0] == "*" else {path[0]: inner}


def made(kind: str, path: Path, value: object) -> dict[str, Any]:
    group, _, name = kind.partition("/")
    return {"apiVersion": f"{group}/v1", "kind": name, "metadata": {"name": "object"}, **nested(path, value)}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


def findings(engine: Engine, subject: dict[str, Any], rule: str) -> list[decisions.Path]:
    document = input_document(
        {"subject": {"kubernetes_object": subject}, "context": {"region": "us-west-2", "account": "111122223333"}}
    )
    decision = decisions.decide(engine, document)
    return [found["path"] for found in decision["findings"] if found["rule"] == rule]


@pytest.mark.parametrize(("kind", "path"), CASES, ids=lambda case: case if isinstance(case, str) else ".".join(case))
def test_a_key_is_judged_where_it_stands(engine: Engine, kind: str, path: Path) -> None:
    shown = [0 if step == "*" else step for step in path]
    assert findings(engine, {"object": made(kind, path, NO_KEY), "operation": "CREATE"}, "SG-KEY-003") == [shown]
    assert findings(engine, {"object": made(kind, path, KEY), "operation": "CREATE"}, "SG-KEY-003") == []
    assert findings(engine, {"object": made(kind, path, [KEY]), "operation": "CREATE"}, "SG-KEY-003") == [shown]


@pytest.mark.parametrize(("kind", "path"), CASES, ids=lambda case: case if isinstance(case, str) else ".".join(case))
def test_a_key_is_misspelt_in_the_spelling_of_another(engine: Engine, kind: str, path: Path) -> None:
    shown = [0 if step == "*" else step for step in path]
    assert findings(engine, {"object": made(kind, path, KEY)}, "SG-KEY-011") == []
    misspelt = (*path[:-1], path[-1].swapcase())
    found = findings(engine, {"object": made(kind, misspelt, KEY)}, "SG-KEY-011")
    assert found == [[*shown[:-1], path[-1].swapcase()]]
    assert findings(engine, {"object": made(kind, misspelt, KEY), "operation": "CREATE"}, "SG-KEY-011") == []
