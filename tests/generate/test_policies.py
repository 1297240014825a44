from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sealgate.generate import policies
from sealgate.generate.outputs import GenerationError

ROOT = Path(__file__).parents[2]
WASM = "webhook/sealgate/compiled/sealgate.wasm"
DATA = "webhook/sealgate/compiled/data.json"


@pytest.fixture
def sources(checkout: Path) -> Path:
    (checkout / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/capabilities.json", checkout / ".ci")
    return checkout


def test_compiled_policies_are_webassembly_and_the_tables_beside_it(sources: Path) -> None:
    files = policies.generate(sources)
    assert set(files) == {WASM, DATA}
    assert files[WASM].startswith(b"\0asm")
    assert b"sealgate/decision" in files[WASM]
    assert json.loads(files[DATA]) == {"sealgate": {"data": {"keys": {"forms": ["arn"]}}}}


def test_rebuilding_gives_the_same_bytes_wherever_the_checkout_is(
    sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "checkout"
    shutil.copytree(sources, elsewhere, symlinks=True)
    assert policies.generate(sources) == policies.generate(elsewhere)


def test_tests_and_what_is_for_conftest_are_not_compiled(sources: Path) -> None:
    before = policies.generate(sources)
    (sources / "policies/conftest.rego").write_text("package main\n\ndeny contains data.sealgate.decision\n", "utf-8")
    (sources / "policies/sealgate/decision_test.rego").write_text("package sealgate_test\n\ntest_it if true\n", "utf-8")
    assert policies.generate(sources) == before


def test_policy_that_calls_what_webassembly_lacks_is_refused(sources: Path) -> None:
    (sources / "policies/sealgate/decision.rego").write_text(
        'package sealgate\n\ndecision := sprintf("%v", [input])\n', encoding="utf-8"
    )
    with pytest.raises(GenerationError, match="undefined function sprintf"):
        policies.generate(sources)
