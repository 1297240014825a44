from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.question_answers import EXPLANATION, EXPOSURE, POLICIES
from tests.question_cases import KEY

from sealgate import cli, engines
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Make: TypeAlias = "Callable[..., Any]"
Run: TypeAlias = "Callable[..., tuple[int, Any]]"

CALL = {
    "job": "sagemaker:CreateJob my-job",
    "call": "mtrl.role.use",
    "who": "the execution role",
    "principal": "arn:aws:iam::111122223333:role/Job",
    "action": "kms:Decrypt",
    "key": KEY,
    "path": ["JobConfigDocument"],
    "via": "s3",
    "decision": "allowed",
    "by": None,
    "through": "key_policy",
    "nearest": [],
    "missing": [],
    "requirements": [],
    "inferred": False,
}
ANSWERS: dict[str, dict[str, Any]] = {
    "explain": {**EXPLANATION, "calls": [CALL]},
    "policy": {
        **POLICIES,
        "key_policies": [{"key": KEY, "statements": [], "merged": {"Version": "2012-10-17", "Statement": []}}],
    },
    "exposure": EXPOSURE,
}
ARGUMENTS = {
    "explain": ["explain", "job.json"],
    "policy": ["policy", "job.json"],
    "exposure": ["exposure", KEY, "--context", "context.json"],
}

EACH = pytest.mark.parametrize("command", ARGUMENTS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_document: dict[str, Any]) -> Path:
    """Stand in a folder of its own, with a request, a context and a key policy in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job.json").write_text(json.dumps(request_document), encoding="utf-8")
    (tmp_path / "context.json").write_text('{"region": "us-west-2"}', encoding="utf-8")
    (tmp_path / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}', encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, engine_that: Make) -> Run:
    """Return a function that runs the command line on an engine with an answer: the exit code, and the engine."""

    def run(answer: object, *arguments: str) -> tuple[int, Any]:
        engine = engine_that(answer)
        monkeypatch.setattr(engines, "build", lambda _: engine)
        monkeypatch.setattr(sys, "argv", ["sealgate", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return int(stopped.value.code or 0), engine

    return run


@EACH
def test_answer_is_shown_for_people_and_for_programs(
    command: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code, engine = run(ANSWERS[command], *ARGUMENTS[command])
    assert (code, engine.closed) == (0, True)
    assert KEY in capsys.readouterr().out

    code, _ = run(ANSWERS[command], *ARGUMENTS[command], "--output", "json")
    assert code == 0
    assert json.loads(capsys.readouterr().out) == ANSWERS[command]


@EACH
def test_what_the_policies_cannot_read_is_unreadable_input(
    command: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run({**ANSWERS[command], "problems": ["it is malformed"]}, *ARGUMENTS[command])
    assert code == 2
    assert capsys.readouterr().err.endswith("it is malformed\n")


@EACH
def test_engine_failure_is_no_answer(command: str, run: Run) -> None:
    assert run(EngineError("gone"), *ARGUMENTS[command])[0] == 3


@EACH
def test_file_that_is_not_there_is_unreadable_input(command: str, run: Run) -> None:
    arguments = [argument.replace(".json", ".none") for argument in ARGUMENTS[command]]
    assert run(ANSWERS[command], *arguments)[0] == 2


def test_a_denied_call_is_an_exit_code(run: Run) -> None:
    denied = {**ANSWERS["explain"], "calls": [{**CALL, "decision": "denied"}]}
    assert run(denied, "explain", "job.json")[0] == 1


def test_options_become_the_question(run: Run, folder: Path) -> None:
    options = ["--for-any-job", "--minimal-conditions", "--merge", "policy.json", "--key", KEY]
    _, engine = run(ANSWERS["policy"], "policy", "job.json", "--context", "context.json", *options)
    document = json.loads((folder / "policy.json").read_text(encoding="utf-8"))
    assert engine.documents[0]["question"] == {
        "for_any_job": True,
        "minimal_conditions": True,
        "merge": document,
        "key": KEY,
    }
    assert engine.documents[0]["context"] == {"region": "us-west-2"}


def test_key_without_a_policy_to_complete_is_wrong_usage(run: Run) -> None:
    assert run(ANSWERS["policy"], "policy", "job.json", "--key", KEY)[0] == 2


def test_key_policies_are_compared(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code, engine = run(ANSWERS["exposure"], *ARGUMENTS["exposure"], "--before", "policy.json")
    assert code == 0
    assert engine.documents[0] == {
        "context": {"region": "us-west-2"},
        "question": {"key": KEY, "before": {"Version": "2012-10-17", "Statement": []}},
    }
    assert "can't be compared" in capsys.readouterr().out
