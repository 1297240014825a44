from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import click
import pytest
from tests.conftest import JOB

from sealgate import __version__, cli, engines
from sealgate.errors import EngineError
from sealgate.settings import TlsSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Make: TypeAlias = "Callable[..., Any]"
Run: TypeAlias = "Callable[..., int]"

SEALGATE = [sys.executable, "-m", "sealgate"]
OPENER = build_opener(ProxyHandler({}))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_document: dict[str, Any]) -> Path:
    """Stand in a folder of its own, with a request in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job.json").write_text(json.dumps(request_document), encoding="utf-8")
    return tmp_path


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, engine_that: Make, decision: Make) -> Any:
    """Return the engine that the command line gets: it allows, until a test gives it another answer."""
    one = engine_that(decision())
    monkeypatch.setattr(engines, "build", lambda _: one)
    return one


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command line in this process and returns its exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["sealgate", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return int(stopped.value.code or 0)

    return run


def written(text: str, name: str) -> str:
    with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123 the working directory is the test's
        file.write(text)
    return name


class TestTheExitCode:
    def test_of_an_allowance_is_0(self, run: Run, engine: Any, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "job.json") == 0
        assert capsys.readouterr().out.startswith("ALLOWED  sagemaker:CreateJob my-job  (job.json)\n")
        assert engine.closed

    def test_of_a_denial_is_1(
        self, run: Run, engine: Any, decision: Make, finding: Make, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine.answer = decision(allowed=False, findings=[finding()])

        assert run("check", "job.json") == 1
        assert "DENY   the output key is named by an alias" in capsys.readouterr().out

    @pytest.mark.usefixtures("engine")
    def test_of_an_unreadable_input_is_2(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", written('{\n  "a": tru}', "broken.json")) == 2
        assert capsys.readouterr().err.startswith("sealgate: broken.json:2:8: ")

    @pytest.mark.usefixtures("engine")
    def test_of_a_missing_file_is_2(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "nowhere.json") == 2
        assert "sealgate: nowhere.json" in capsys.readouterr().err

    @pytest.mark.parametrize("answer", [EngineError("too slow"), {}, {"allowed": True}, None])
    def test_of_no_decision_is_3(
        self, run: Run, engine: Any, answer: object, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine.answer = answer

        assert run("check", "job.json") == 3
        captured = capsys.readouterr()
        assert captured.err.startswith("sealgate: job.json: no decision: ")
        assert captured.out.startswith("NO DECISION  job.json\n")

    def test_of_an_engine_that_can_not_be_built_is_3(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def build(_: object) -> None:
            raise EngineError("no compiled policies")

        monkeypatch.setattr(engines, "build", build)

        assert run("check", "job.json") == 3
        assert "no compiled policies" in capsys.readouterr().err

    def test_of_a_bug_is_3_without_a_traceback(self, run: Run, engine: Any, capsys: pytest.CaptureFixture[str]) -> None:
        engine.answer = RuntimeError("a bug")

        assert run("check", "job.json") == 3
        assert capsys.readouterr().err == "sealgate: internal error, no decision: RuntimeError: a bug\n"
        assert engine.closed

    def test_of_several_inputs_is_the_highest(self, run: Run, engine: Any, decision: Make, finding: Make) -> None:
        broken = written("{", "broken.json")
        answers: list[object] = [decision(), decision(allowed=False, findings=[finding()])]
        engine.answer = lambda _: answers.pop(0)
        assert run("check", "job.json", "job.json") == 1

        answers[:] = [decision(), decision(allowed=False, findings=[finding()])]
        assert run("check", "job.json", broken, "job.json") == 2

        answers[:] = [EngineError("too slow"), decision()]
        assert run("check", "job.json", broken, "job.json") == 3
        assert answers == []

    def test_of_an_interrupt_is_none_of_a_verdict(self, run: Run, engine: Any) -> None:
        engine.answer = lambda _: (_ for _ in ()).throw(KeyboardInterrupt)

        assert run("check", "job.json") == 130

    @pytest.mark.parametrize(
        "arguments",
        [
            ["check"],
            ["check", "job.json", "--output", "xml"],
            ["check", "job.json", "--engine", "other"],
            ["check", "-", "-"],
            ["check", "-", "--context", "-"],
            ["check", "job.json", "--region", "not a Region"],
            ["check", "job.json", "--now", "yesterday"],
            ["check", "job.json", "--now", "2026-01-01T00:00:00"],
            ["check", "job.json", "--settings", "nowhere.yaml"],
            ["check", "job.json", "--context", "nowhere.json"],
            ["nothing"],
            ["rules", "SG-NONE-001"],
        ],
    )
    @pytest.mark.usefixtures("engine")
    def test_of_wrong_usage_is_2(self, run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert run(*arguments) == 2
        assert capsys.readouterr().err


class TestInputs:
    def test_come_from_standard_input(
        self, run: Run, engine: Any, request_document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = json.dumps(request_document).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))

        assert run("check", "-") == 0
        assert engine.documents[0]["subject"]["aws_request"] == request_document

    def test_come_from_a_folder(self, run: Run, engine: Any, folder: Path, request_document: dict[str, Any]) -> None:
        (folder / "jobs").mkdir()
        for name in ("b.json", "a.json"):
            (folder / "jobs" / name).write_text(json.dumps(request_document), encoding="utf-8")

        assert run("check", "jobs", "job.json") == 0
        assert len(engine.documents) == 3

    def test_are_the_objects_of_manifests(
        self, run: Run, engine: Any, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "chart").mkdir()
        job = json.dumps(JOB)
        written("# from a template\n---\n" + job + "\n---\n" + job + "\n", "chart/jobs.yaml")
        written("a: 1\n", "chart/values.yaml")

        assert run("check", "chart") == 0
        assert [document["subject"] for document in engine.documents] == [{"kubernetes_object": {"object": JOB}}] * 2
        told = capsys.readouterr()
        assert told.out.count("(chart/jobs.yaml:3)") == 1
        assert told.out.count("(chart/jobs.yaml:5)") == 1
        reason = "it holds values for a Helm chart: check what `helm template` prints"
        assert told.err == f"sealgate: chart/values.yaml: skipped: {reason}\n"

    @pytest.mark.usefixtures("engine")
    def test_that_are_none_are_an_error_where_somebody_named_them(
        self, run: Run, capsys: pytest.CaptureFixture[str]
    ) -> None:
        written("a: 1\n", "values.yaml")

        assert run("check", "job.json", "values.yaml") == 2
        assert "sealgate: values.yaml: it holds values for a Helm chart" in capsys.readouterr().err

    @pytest.mark.usefixtures("engine")
    def test_of_a_folder_without_any_are_an_error(
        self, run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "chart").mkdir()
        written("a: 1\n", "chart/values.yaml")

        assert run("check", "chart") == 2
        assert "sealgate: chart: nothing was checked: every file was skipped" in capsys.readouterr().err

    def test_each_have_their_own_answer(
        self, run: Run, engine: Any, decision: Make, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = {**JOB, "metadata": {"name": "other"}}
        written(f"{json.dumps(JOB)}\n---\n{json.dumps(other)}\n", "jobs.yaml")

        def answer(document: Any) -> Any:
            is_other = document["subject"]["kubernetes_object"]["object"] == other
            return EngineError("too slow") if is_other else decision()

        engine.answer = answer

        assert run("check", "jobs.yaml") == 3
        told = capsys.readouterr()
        assert "sealgate: jobs.yaml, document 2: no decision: too slow" in told.err
        assert "2 inputs: 1 allowed, 1 without a decision" in told.out

    @pytest.mark.usefixtures("engine")
    def test_are_explained_one_at_a_time(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        written(f"{json.dumps(JOB)}\n---\n{json.dumps(JOB)}\n", "jobs.yaml")

        assert run("explain", "jobs.yaml") == 2
        assert "jobs.yaml: it holds 2 objects, and one is asked about" in capsys.readouterr().err

    def test_are_bare_parameters_of_an_operation(self, run: Run, engine: Any, request_document: dict[str, Any]) -> None:
        bare = written(json.dumps(request_document["parameters"]), "bare.json")

        assert run("check", bare, "--operation", "sagemaker:CreateJob") == 0
        assert engine.documents[0]["subject"]["aws_request"] == request_document

    def test_may_be_whole_documents_with_settings_of_their_own(
        self, run: Run, engine: Any, request_document: dict[str, Any]
    ) -> None:
        document = {"subject": {"aws_request": request_document}, "settings": {"unverified": "deny"}}

        assert run("check", written(json.dumps(document), "whole.json")) == 0
        assert engine.documents[0]["settings"] == {"unverified": "deny"}

    def test_may_not_replace_the_settings_that_are_in_force(
        self, run: Run, engine: Any, request_document: dict[str, Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        written("unverified: deny\n", "sealgate.yaml")
        document = {"subject": {"aws_request": request_document}, "settings": {"unverified": "warn"}}

        assert run("check", written(json.dumps(document), "whole.json")) == 2
        assert "sealgate.yaml holds others" in capsys.readouterr().err
        assert engine.documents == []


class TestSettings:
    def test_are_found_upwards_from_the_working_directory(
        self, run: Run, engine: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written("unverified: deny\n", "sealgate.yaml")
        (folder / "deep" / "deeper").mkdir(parents=True)
        monkeypatch.chdir(folder / "deep" / "deeper")

        assert run("check", str(folder / "job.json")) == 0
        assert engine.documents[0]["settings"]["unverified"] == "deny"

    def test_are_named_on_the_command_line(self, run: Run, engine: Any) -> None:
        written("unverified: deny\n", "sealgate.yaml")
        written("unverified: warn\n", "other.yaml")

        assert run("check", "job.json", "--settings", "other.yaml") == 0
        assert engine.documents[0]["settings"]["unverified"] == "warn"

    @pytest.mark.usefixtures("engine")
    def test_that_are_wrong_are_refused_with_a_line_for_each_fault(
        self, run: Run, capsys: pytest.CaptureFixture[str]
    ) -> None:
        written("unverifed: deny\nmax_batch: many\n", "sealgate.yaml")

        assert run("check", "job.json") == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 2
        assert all(line.startswith("sealgate: ") and "sealgate.yaml:" in line for line in lines)
        assert "unverified" in "".join(lines)

    def test_of_the_engine_come_from_the_command_line(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, engine_that: Make, decision: Make
    ) -> None:
        asked: list[Any] = []

        def build(of: object) -> Any:
            asked.append(of)
            return engine_that(decision())

        monkeypatch.setattr(engines, "build", build)

        assert run("check", "job.json", "--engine", "opa", "--opa-url", "http://127.0.0.1:8181") == 0
        assert (asked[0].kind, asked[0].opa_url) == ("opa", "http://127.0.0.1:8181")


class TestContext:
    def test_of_the_command_line_comes_before_the_file_the_input_and_the_settings(
        self, run: Run, engine: Any, request_document: dict[str, Any]
    ) -> None:
        written("context: {region: eu-west-1, account: '111111111111', partition: aws-cn}\n", "sealgate.yaml")
        context = written('{"region": "eu-west-2", "account": "222222222222"}', "context.json")
        document = {"subject": {"aws_request": request_document}, "context": {"region": "eu-west-3", "buckets": {}}}
        whole = written(json.dumps(document), "whole.json")

        assert run("check", whole, "--context", context, "--region", "us-west-2") == 0

        used = engine.documents[0]["context"]
        assert used["region"] == "us-west-2"
        assert used["account"] == "222222222222"
        assert used["partition"] == "aws-cn"
        assert used["buckets"] == {}
        assert engine.documents[0]["context_from_caller"] == []

    def test_has_account_and_partition_on_the_command_line(self, run: Run, engine: Any) -> None:
        assert run("check", "job.json", "--account", "111122223333", "--partition", "aws-cn") == 0
        assert engine.documents[0]["context"] == {"account": "111122223333", "partition": "aws-cn"}

    def test_has_the_time_that_was_asked_for(self, run: Run, engine: Any) -> None:
        assert run("check", "job.json", "--now", "2026-01-31T14:00:00+02:00") == 0
        assert engine.documents[0]["now"] == "2026-01-31T12:00:00Z"


class TestOutput:
    @pytest.mark.usefixtures("engine")
    def test_as_json_has_results_and_a_verdict_over_all(
        self, run: Run, decision: Make, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("check", "job.json", "--output", "json") == 0

        report = json.loads(capsys.readouterr().out)
        assert report == {"allowed": True, "results": [{"source": "job.json", "decision": decision()}]}

    @pytest.mark.usefixtures("engine")
    def test_as_json_holds_errors_too(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", written("{", "broken.json"), "job.json", "--output", "json") == 2

        report = json.loads(capsys.readouterr().out)
        assert report["allowed"] is False
        assert report["results"][0]["error"]["type"] == "unreadable_input"
        assert report["results"][1]["decision"]["allowed"] is True

    @pytest.mark.usefixtures("engine")
    def test_has_no_colours_where_nobody_looks(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "job.json")

        assert "\x1b" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
    )
    @pytest.mark.usefixtures("engine")
    def test_has_colours_on_a_terminal_that_wants_them(
        self,
        run: Run,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        environment: dict[str, str],
        coloured: bool,  # noqa: FBT001 a case
    ) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

        run("check", "job.json")

        assert ("\x1b[32mALLOWED" in capsys.readouterr().out) == coloured

    def test_of_an_error_can_not_steer_the_terminal(
        self, run: Run, engine: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        engine.answer = EngineError("\x1b[2Jall is well")

        run("check", "job.json")

        assert "\x1b" not in capsys.readouterr().err


class TestRules:
    def test_are_listed(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("rules") == 0
        assert "SG-MTRL-002    required     The output key is named by its key ARN\n" in capsys.readouterr().out

    def test_are_explained_in_any_case(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("rules", "sg-mtrl-004") == 0

        text = capsys.readouterr().out
        assert text.startswith("SG-MTRL-004  ")
        assert {"why:", "fix:", "see:"} <= set(text.split())

    def test_are_json_for_programs(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        run("rules", "--output", "json")
        every = json.loads(capsys.readouterr().out)["rules"]
        run("rules", "SG-MTRL-004", "--output", "json")

        assert json.loads(capsys.readouterr().out) in every

    def test_that_do_not_exist_have_a_suggestion(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("rules", "SG-MTLR-004") == 2
        assert capsys.readouterr().err == "sealgate: there is no rule SG-MTLR-004: did you mean SG-MTRL-004?\n"

        assert run("rules", "42") == 2
        assert "`sealgate rules` lists them" in capsys.readouterr().err


class TestTheProgram:
    def test_says_its_version(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--version") == 0
        assert capsys.readouterr().out == f"sealgate {__version__}\n"

    def test_says_its_exit_codes(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "--help") == 0
        assert "  3  no decision\n" in capsys.readouterr().out

    def test_tells_a_newcomer_with_an_alias_what_to_change(self) -> None:
        request = {
            "JobName": "my-job",
            "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
            "JobCategory": "AgentRFT",
            "JobConfigSchemaVersion": "1.0.0",
            "JobConfigDocument": json.dumps({"OutputDataConfig": {"KmsKeyArn": "alias/ml-output"}}),
        }
        command = [*SEALGATE, "check", "-", "--operation", "sagemaker:CreateJob", "--region", "us-west-2"]

        done = subprocess.run(
            command, input=json.dumps(request), capture_output=True, text=True, check=False, env=environment()
        )

        assert (done.returncode, done.stderr) == (1, "")
        text = " ".join(done.stdout.split())
        assert "JobConfigDocument → OutputDataConfig.KmsKeyArn" in text
        assert "alias/ml-output" in text
        assert "aws kms describe-key" in text

    def test_survives_a_terminal_that_can_not_show_its_characters(self) -> None:
        done = subprocess.run(
            [*SEALGATE, "check", "job.json"],
            capture_output=True,
            check=False,
            env={**environment(), "PYTHONIOENCODING": "ascii"},
        )

        assert done.returncode == 0
        assert done.stdout.startswith(b"ALLOWED")

    def test_imports_no_large_library_for_a_check(self) -> None:
        program = (
            "import sys\n"
            "from sealgate import cli\n"
            "try:\n"
            "    sys.argv = ['sealgate', 'check', 'job.json']\n"
            "    cli.main()\n"
            "except SystemExit as stopped:\n"
            "    assert stopped.code == 0\n"
            "large = {'boto3', 'flask', 'gunicorn', 'jsonschema', 'prometheus_client', 'rich'}\n"
            "print(sorted(large & set(sys.modules)))\n"
        )

        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment()
        )

        assert done.stdout.splitlines()[-1] == "[]"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the service and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    arguments = [*SEALGATE, "serve", "--port", str(port), *getattr(request, "param", ())]
    with subprocess.Popen(arguments, env=environment(), stderr=subprocess.PIPE) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/readyz", process)
            yield address
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture
def not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where the service would be started, and leave the logging of the tests alone."""
    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)
    monkeypatch.setattr(cli, "_serve", lambda *_, **__: pytest.fail("it was started"))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the settings that the service is started with, instead of starting it."""
    settings: list[Any] = []

    def serve(chosen: Any, listener: socket.socket, **_: int) -> None:
        listener.close()
        settings.append(chosen)

    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)  # the test's own handlers stay
    monkeypatch.setattr(cli, "_serve", serve)
    return settings


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with OPENER.open(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    pytest.fail("the service did not start")


class TestTheService:
    def test_decides_until_it_is_stopped(self, served: str, request_document: dict[str, Any]) -> None:
        question = Request(  # noqa: S310 our own service
            f"{served}/v1/validate", json.dumps(request_document).encode(), {"Content-Type": "application/json"}
        )

        with OPENER.open(question, timeout=10) as answer:
            assert json.load(answer)["allowed"] is True

    @pytest.mark.parametrize("served", [["--workers", "2", "--threads", "1"]], indirect=True)
    def test_adds_up_the_counts_of_its_workers(self, served: str, request_document: dict[str, Any]) -> None:
        question = Request(  # noqa: S310 our own service
            f"{served}/v1/validate", json.dumps(request_document).encode(), {"Content-Type": "application/json"}
        )
        for _ in range(8):
            with OPENER.open(question, timeout=10):
                pass

        with OPENER.open(f"{served}/metrics", timeout=10) as answer:
            assert 'sealgate_decisions_total{surface="validate",verdict="allowed"} 8.0' in answer.read().decode()

    @pytest.mark.usefixtures("not_served")
    def test_does_not_start_with_wrong_settings(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        written("max_batch: many\n", "sealgate.yaml")

        assert run("serve") == 2
        assert "max_batch" in capsys.readouterr().err

    @pytest.mark.usefixtures("not_served")
    def test_does_not_start_with_a_dead_engine(self, run: Run, engine: Any, capsys: pytest.CaptureFixture[str]) -> None:
        engine.answer = EngineError("no compiled policies")

        assert run("serve") == 3
        assert "no compiled policies" in capsys.readouterr().err
        assert engine.closed

    def test_does_not_wait_for_an_opa_that_starts_later(
        self, run: Run, engine: Any, started: list[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        engine.answer, engine.name = EngineError("connection refused"), "opa"

        assert run("serve", "--port", "0") == 0
        assert "connection refused" in caplog.text
        assert len(started) == 1

    @pytest.mark.usefixtures("engine")
    def test_takes_its_certificates_from_the_options_before_the_settings(self, run: Run, started: list[Any]) -> None:
        written("tls: {certificate: tls.crt, key: /tls/tls.key}\ndrain_s: 3\n", "sealgate.yaml")

        assert run("serve", "--port", "0", "--tls-cert", "other.crt", "--client-ca", "client.crt") == 0
        assert run("serve", "--port", "0", "--drain-seconds", "0") == 0

        first, second = started
        assert first.tls == TlsSettings(
            certificate=Path("other.crt"), key=Path("/tls/tls.key"), client_ca=Path("client.crt")
        )
        assert (first.drain_s, second.drain_s) == (3, 0)

    @pytest.mark.usefixtures("engine")
    def test_does_not_start_without_the_certificate_that_it_is_told(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("logging.config.dictConfig", lambda _: None)  # the test's own handlers stay

        assert run("serve", "--port", "0", "--tls-cert", "none.crt", "--tls-key", "none.key") == 2
        assert capsys.readouterr().err == (
            "sealgate: the certificates in none.crt can't be read: No such file or directory\n"
        )

    @pytest.mark.usefixtures("engine", "not_served")
    def test_takes_no_certificate_without_its_key(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("serve", "--port", "0", "--tls-cert", "tls.crt") == 2
        assert "--tls-cert and --tls-key" in capsys.readouterr().err

    @pytest.mark.usefixtures("not_served")
    def test_does_not_start_on_a_port_that_is_taken(
        self, run: Run, engine: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            assert run("serve", "--port", str(taken.getsockname()[1])) == 2

        assert capsys.readouterr().err.startswith("sealgate: can't listen on 127.0.0.1:")
        assert engine.closed


def test_every_command_explains_itself() -> None:
    for command in cli.cli.commands.values():
        assert command.help
        for parameter in command.params:
            assert isinstance(parameter, click.Argument) or parameter.to_info_dict()["help"]
