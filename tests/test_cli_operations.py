from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, TypeAlias

import pytest
from tests.engine_fixtures import ROOT

from sealgate import cli
from sealgate.generate.operations import KEY_KINDS, OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

Run: TypeAlias = "Callable[..., int]"
Captured: TypeAlias = pytest.CaptureFixture[str]

ROWS = json.loads((ROOT / OPERATIONS).read_bytes())
KINDS = json.loads((ROOT / KEY_KINDS).read_bytes())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `sealgate operations` in this process and returns its exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["sealgate", "operations", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return int(stopped.value.code or 0)

    return run


def test_every_operation_is_listed_with_its_key_members_and_uses(run: Run, capsys: Captured) -> None:
    assert run() == 0
    text = capsys.readouterr().out
    blocks = {block.splitlines()[0]: block for block in text.split("\n\n")}
    for operation, row in ROWS.items():
        for key in row["keys"]:
            assert ".".join(key["path"]) in blocks[operation]
            assert key["use"] in blocks[operation]


def test_json_holds_every_operation_with_what_its_keys_must_be(run: Run, capsys: Captured) -> None:
    assert run("--output", "json") == 0
    listed = {one["operation"]: one for one in json.loads(capsys.readouterr().out)["operations"]}
    assert listed.keys() == ROWS.keys()
    for operation, row in ROWS.items():
        keys = {key["member"]: key for key in listed[operation]["keys"]}
        assert keys.keys() == {".".join(key["path"]) for key in row["keys"]}
        for member, key in keys.items():
            assert key["forms"]
            assert all(KINDS[operation][member][column] == word for column, word in key["kind"].items())


@pytest.mark.parametrize(
    "name", ["bedrock-runtime", "bedrock-runtime:StartAsyncInvoke", "Bedrock-Runtime:startasyncinvoke"]
)
def test_one_service_or_operation_is_listed_alone(name: str, run: Run, capsys: Captured) -> None:
    assert run(name) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "bedrock-runtime:StartAsyncInvoke\n  outputDataConfig.s3OutputDataConfig.kmsKeyId async_output"
    )
    assert "sagemaker:" not in text


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sagemaker:CreateTrainigJob", "did you mean sagemaker:CreateTrainingJob?"),
        ("sagemakr", "did you mean sagemaker?"),
        ("xyz", "`sealgate operations` lists them."),
        ("", "`sealgate operations` lists them."),
    ],
)
def test_a_name_that_there_is_not_is_wrong_usage(name: str, hint: str, run: Run, capsys: Captured) -> None:
    assert run(name) == 2
    captured = capsys.readouterr()
    assert f"there is no operation {name} with a KMS key: {hint}" in captured.err
    assert captured.out == ""
