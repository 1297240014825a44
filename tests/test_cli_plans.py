"""`sealgate check` of Terraform plans: recognised, read in every form, judged, and refused with the way to a plan."""

from __future__ import annotations

import gzip
import io
import json
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.terraform_scenarios import FAULTS, Training

from sealgate import cli, engines
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sealgate.engines import EngineSettings

Make: TypeAlias = "Callable[..., Any]"
Run: TypeAlias = "Callable[..., int]"

JOB = "aws_sagemaker_training_job.train"
PLAN = Training(exists=True).plan().text()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder of its own, with a plan in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.json").write_text(PLAN, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command line in this process and returns its exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["sealgate", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return int(stopped.value.code or 0)

    return run


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, engine_that: Make, decision: Make) -> Any:
    """Return the engine that the command line gets: it allows, until a test gives it another answer."""
    one = engine_that(decision())
    monkeypatch.setattr(engines, "build", lambda _: one)
    return one


class TestTheVerdict:
    def test_on_a_plan_in_which_all_is_well_is_an_allowance(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "plan.json") == 0
        assert f"ALLOWED  {JOB}  (plan.json)" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "fault", ["the key is asymmetric", "the role may decrypt only", "the instances have local storage"]
    )
    def test_on_a_plan_that_would_fail_is_a_denial(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str], fault: str
    ) -> None:
        (folder / "plan.json").write_text(Training(exists=True, **FAULTS[fault]).plan().text(), encoding="utf-8")
        assert run("check", "plan.json") == 1
        assert f"DENIED  {JOB}  (plan.json)" in capsys.readouterr().out

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("packed", [False, True])
    def test_is_the_same_in_every_form_of_the_file(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str], encoding: str, *, packed: bool
    ) -> None:
        run("check", "plan.json", "--output", "json")
        expected = json.loads(capsys.readouterr().out)["results"]
        data = PLAN.encode(encoding)
        (folder / "plan.json").write_bytes(gzip.compress(data) if packed else data)
        assert run("check", "plan.json", "--output", "json") == 0
        assert json.loads(capsys.readouterr().out)["results"] == expected

    def test_is_the_same_from_standard_input(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PLAN.encode("utf-16"))))
        assert run("check", "-") == 0
        assert f"ALLOWED  {JOB}  (<stdin>)" in capsys.readouterr().out

    def test_is_the_same_on_a_whole_input_document(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        document = {"subject": {"terraform_plan": json.loads(PLAN)}, "context": {"region": "us-west-2"}}
        (folder / "input.json").write_text(json.dumps(document), encoding="utf-8")
        assert run("check", "input.json") == 0
        assert f"ALLOWED  {JOB}  (input.json)" in capsys.readouterr().out

    def test_on_a_plan_without_anything_guarded_is_an_allowance_with_a_note(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        plan = {"format_version": "1.2", "resource_changes": [{"type": "aws_instance"}]}
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        assert run("check", "plan.json") == 0
        assert "NOTE" in capsys.readouterr().out

    @pytest.mark.parametrize("part", [{"errored": True}, {"complete": False}, {"deferred_changes": [{"reason": "x"}]}])
    def test_on_an_unfinished_plan_is_a_denial(self, run: Run, folder: Path, part: dict[str, Any]) -> None:
        (folder / "plan.json").write_text(json.dumps({**json.loads(PLAN), **part}), encoding="utf-8")
        assert run("check", "plan.json") == 1


class TestWhatTheEngineIsGiven:
    def test_is_the_cut_and_what_holds_beside_it(self, run: Run, engine: Any) -> None:
        assert run("check", "plan.json", "--region", "eu-west-1", "--now", "2026-07-01T00:00:00Z") == 0
        document = engine.documents[0]
        assert list(document["subject"]) == ["terraform_plan"]
        assert "planned_values" not in document["subject"]["terraform_plan"]
        assert document["context"] == {"region": "eu-west-1"}
        assert document["now"] == "2026-07-01T00:00:00Z"
        assert document["parsed"] == {}

    def test_is_not_touched_by_an_operation_that_is_said_for_others(self, run: Run, engine: Any) -> None:
        assert run("check", "plan.json", "--operation", "sagemaker:CreateJob") == 0
        assert list(engine.documents[0]["subject"]) == ["terraform_plan"]

    def test_has_the_limits_of_plans(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, engine_that: Make, decision: Make, folder: Path
    ) -> None:
        asked: list[EngineSettings] = []

        def build(settings: EngineSettings) -> Any:
            asked.append(settings)
            return engine_that(decision())

        monkeypatch.setattr(engines, "build", build)
        (folder / "sealgate.yaml").write_text("engine: {plan_timeout_s: 300, plan_memory_mib: 1024}", encoding="utf-8")
        assert run("check", "plan.json") == 0
        assert (asked[0].plan_timeout_s, asked[0].plan_memory_mib) == (300, 1024)

    def test_that_is_too_large_for_it_is_no_decision(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "sealgate.yaml").write_text("engine: {plan_memory_mib: 4}", encoding="utf-8")
        assert run("check", "plan.json") == 3
        assert "an OPA server has no such limit (--engine opa)" in capsys.readouterr().err

    def test_without_a_decision_is_no_allowance(
        self, run: Run, engine: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine.answer = EngineError("too slow")
        assert run("check", "plan.json") == 3
        assert capsys.readouterr().err == "sealgate: plan.json: no decision: too slow\n"


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (
                '{"version": 4, "terraform_version": "1.9.0", "serial": 3}',
                "this is a Terraform state file, and no plan",
            ),
            ('{"format_version": "1.0", "values": {}}', "this is a Terraform state, and no plan"),
            (
                '{"@level":"info","@message":"Terraform 1.9.0"}\n{"@level":"info"}',
                "this is the log of a plan or an apply with -json, and no plan",
            ),
            ("PK\x03\x04tfplan", "this is a plan in Terraform's own binary form, and no plan"),
            ('resource "aws_kms_key" "k" {\n}\n', "this is Terraform configuration, of which nobody has made a plan"),
            ('{"root_module": {}}', "this is a configuration alone, as `tofu show -json -config` prints it"),
        ],
    )
    @pytest.mark.usefixtures("engine")
    def test_is_told_with_the_command_that_makes_a_plan(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
    ) -> None:
        (folder / "given").write_text(content, encoding="utf-8")
        assert run("check", "given") == 2
        told = capsys.readouterr().err
        assert told.startswith(f"sealgate: given: {message}")
        assert "`terraform show -json FILE` prints the plan in FILE" in told

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ('{"format_version": "2.0", "resource_changes": []}', '1:20: /format_version is "2.0": this release'),
            ('{"resource_changes": {}}', "1:22: /resource_changes is an object, not a list"),
            (PLAN[:5000], "1:"),
            (PLAN.replace('"mode": "managed"', '"mode": "managed", "mode": "data"'), "1:"),
        ],
    )
    def test_is_told_with_its_place_and_never_judged(  # noqa: PLR0913, PLR0917 fixtures and cases
        self, run: Run, engine: Any, folder: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
    ) -> None:
        (folder / "plan.json").write_text(content, encoding="utf-8")
        assert run("check", "plan.json") == 2
        assert capsys.readouterr().err.startswith(f"sealgate: plan.json:{message}")
        assert engine.documents == []
