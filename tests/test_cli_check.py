"""The options of `sealgate check` that say what is shown, where, and what fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree import ElementTree as ET

import pytest

from sealgate import cli, engines, resources
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"
Run: TypeAlias = "Callable[..., int]"

ALWAYS = next(rule["id"] for rule in resources.rules() if rule["always"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_document: dict[str, Any]) -> Path:
    """Stand in a folder of its own, with a request in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job.json").write_text(json.dumps(request_document, indent=1), encoding="utf-8")
    return tmp_path


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, engine_that: Make, decision: Make, finding: Make) -> Any:
    """Return the engine that the command line gets: it denies, until a test gives it another answer."""

    def answer(document: Any) -> Any:
        relaxed = document["settings"].get("enforcement", {}).get("rules", {})
        denied = finding(enforcement=relaxed.get("SG-MTRL-002", "deny"))
        return decision(allowed=denied["enforcement"] == "warn", findings=[denied])

    one = engine_that(answer)
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


@pytest.mark.usefixtures("engine")
class TestOutput:
    def test_goes_to_files_and_one_to_standard_output(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        files = ["--output", "sarif=a.sarif", "--output", "junit=b.xml", "--output", "json=c.json"]

        assert run("check", "job.json", *files, "--output", "table") == 1

        assert capsys.readouterr().out.startswith("DENIED  ")
        assert json.loads(Path("a.sarif").read_text())["runs"][0]["invocations"][0]["exitCode"] == 1
        assert ET.parse("b.xml").getroot().tag == "testsuites"  # noqa: S314 our own file
        assert json.loads(Path("c.json").read_text())["allowed"] is False

    def test_may_go_to_files_alone(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "job.json", "--output", "tap=a.tap") == 1

        assert capsys.readouterr().out == ""
        assert Path("a.tap").read_text().startswith("TAP version 14\n1..")

    @pytest.mark.parametrize("name", ["table", "json", "sarif", "junit", "github", "gitlab", "tap", "markdown"])
    def test_has_every_format(self, run: Run, capsys: pytest.CaptureFixture[str], name: str) -> None:
        assert run("check", "job.json", "--output", name) == 1

        assert "SG-MTRL-002" in capsys.readouterr().out

    def test_of_a_file_has_no_colours_on_a_terminal(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

        run("check", "job.json", "--output", "table=a.txt")

        assert "\x1b" not in Path("a.txt").read_text()

    @pytest.mark.parametrize(
        ("outputs", "message"),
        [
            (["xml"], "xml is none of table, json, sarif, junit, github, gitlab, tap, markdown"),
            (["serif"], 'did you mean "sarif"?'),
            (["sarif="], "sarif= names no file"),
            (["sarif=nowhere/a.sarif"], "there is no folder nowhere"),
            (["sarif", "json"], "only one of sarif, json fits on standard output"),
            (["sarif", "json=-"], "only one of sarif, json fits on standard output"),
            (["sarif=a", "json=./a"], "is named twice"),
        ],
    )
    def test_that_can_not_be_had_is_wrong_usage(
        self, run: Run, capsys: pytest.CaptureFixture[str], engine: Any, outputs: list[str], message: str
    ) -> None:
        assert run("check", "job.json", *(part for output in outputs for part in ("--output", output))) == 2

        assert message in " ".join(capsys.readouterr().err.split())
        assert engine.documents == []

    def test_that_can_not_be_written_is_said_after_the_verdict(
        self, run: Run, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        (folder / "a.sarif").mkdir()

        assert run("check", "job.json", "--output", "sarif=a.sarif", "--output", "table") == 2

        captured = capsys.readouterr()
        assert captured.out.startswith("DENIED  ")
        assert captured.err == "sealgate: can't write a.sarif: Is a directory\n"

    def test_names_the_line_of_a_member(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "job.json", "--output", "github")

        assert "::error file=job.json,line=9," in capsys.readouterr().out


class TestSource:
    def test_must_be_a_folder(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "job.json", "--source", "nowhere") == 2
        assert "--source" in capsys.readouterr().err

    @pytest.mark.usefixtures("engine")
    def test_changes_nothing_for_a_request(self, run: Run) -> None:
        assert run("check", "job.json", "--source", ".") == 1


class TestABaseline:
    @pytest.mark.usefixtures("engine")
    def test_is_written_and_then_only_what_is_new_fails(
        self, run: Run, capsys: pytest.CaptureFixture[str], request_document: dict[str, Any], folder: Path
    ) -> None:
        assert run("check", "job.json", "--write-baseline", "old.json") == 0
        assert "1 in the baseline" in capsys.readouterr().out
        assert run("check", "job.json", "--baseline", "old.json") == 0

        text = capsys.readouterr().out
        assert text.startswith("ACCEPTED  sagemaker:CreateJob my-job  (job.json)\n\n  BASELINE the output key")
        assert text.endswith("1 input: 1 accepted by the baseline; 1 in the baseline\n")

        (folder / "new.json").write_text(json.dumps(request_document), encoding="utf-8")
        assert run("check", "job.json", "new.json", "--baseline", "old.json") == 1

    @pytest.mark.usefixtures("engine")
    def test_is_told_in_json(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "job.json", "--write-baseline", "old.json", "--output", "json=a.json")

        assert run("check", "job.json", "--baseline", "old.json", "--output", "json") == 0

        report = json.loads(capsys.readouterr().out)
        assert (report["allowed"], report["passed"]) == (False, True)
        assert report["baseline"] == {"file": "old.json", "accepted": 1, "fixed": []}
        assert report["results"][0]["baselined"] == [0]

    def test_says_what_is_fixed(
        self, run: Run, capsys: pytest.CaptureFixture[str], engine: Any, decision: Make
    ) -> None:
        run("check", "job.json", "--write-baseline", "old.json")
        capsys.readouterr()
        engine.answer = decision()

        assert run("check", "job.json", "--baseline", "old.json") == 0

        text = capsys.readouterr().out
        assert "No longer found; `--write-baseline old.json` forgets it:\n  sagemaker:CreateJob my-job the" in text
        assert text.endswith("1 input: 1 allowed; 1 fixed\n")

    def test_hides_neither_what_can_not_be_read_nor_what_could_not_be_decided(
        self, run: Run, engine: Any, decision: Make, finding: Make, folder: Path
    ) -> None:
        (folder / "broken.json").write_text("{")
        run("check", "job.json", "--write-baseline", "old.json")

        assert run("check", "job.json", "broken.json", "--baseline", "old.json") == 2
        engine.answer = decision(allowed=False, findings=[finding(), finding(rule=ALWAYS)])
        assert run("check", "job.json", "--baseline", "old.json") == 1
        engine.answer = decision(allowed=False)
        assert run("check", "job.json", "--baseline", "old.json") == 1
        engine.answer = EngineError("too slow")
        assert run("check", "job.json", "--baseline", "old.json") == 3

    @pytest.mark.usefixtures("engine")
    def test_of_a_run_that_is_not_complete_is_not_written(
        self, run: Run, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        (folder / "broken.json").write_text("{")

        assert run("check", "job.json", "broken.json", "--write-baseline", "old.json") == 2

        assert not Path("old.json").exists()
        assert "old.json is not written: there is no decision on broken.json" in capsys.readouterr().err

    @pytest.mark.usefixtures("engine")
    def test_that_is_none_is_exit_code_2(self, run: Run, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "old.json").write_text('{"version": 1}')

        assert run("check", "job.json", "--baseline", "old.json") == 2
        assert 'old.json: it is no baseline: "findings" is missing' in capsys.readouterr().err
        assert run("check", "job.json", "--baseline", "nowhere.json") == 2

    def test_is_read_or_written(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", "job.json", "--baseline", "a", "--write-baseline", "b") == 2
        assert "say which" in capsys.readouterr().err

    def test_is_explained(self, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "--help")

        text = " ".join(capsys.readouterr().out.split())
        assert "What is shown as allowed or denied is the engine's verdict." in text


class TestStrict:
    def test_fails_on_warnings_and_denies_what_is_not_verified(
        self, run: Run, capsys: pytest.CaptureFixture[str], engine: Any, decision: Make, finding: Make
    ) -> None:
        engine.answer = decision(findings=[finding(enforcement="warn")])

        assert run("check", "job.json") == 0
        capsys.readouterr()
        assert run("check", "job.json", "--strict") == 1

        assert capsys.readouterr().out.endswith("1 input: 1 allowed; 1 warning; with --strict they fail\n")
        assert engine.documents[-1]["settings"]["unverified"] == "deny"

    def test_is_told_in_json(self, run: Run, capsys: pytest.CaptureFixture[str], engine: Any, decision: Make) -> None:
        engine.answer = decision()

        assert run("check", "job.json", "--strict", "--output", "json") == 0

        report = json.loads(capsys.readouterr().out)
        assert (report["strict"], report["passed"]) == (True, True)


def test_no_format_is_imported_that_nobody_asked_for() -> None:
    program = (
        "import sys\n"
        "from sealgate import cli\n"
        "try:\n"
        "    sys.argv = ['sealgate', 'check', 'job.json']\n"
        "    cli.main()\n"
        "except SystemExit as stopped:\n"
        "    assert stopped.code == 0\n"
        "forms = {'cases', 'github', 'gitlab', 'junit', 'machine', 'markdown', 'sarif', 'tap'}\n"
        "print(sorted(name for name in forms if f'sealgate.reports.{name}' in sys.modules))\n"
        "print(sorted({'yaml', 'sealgate.reading.terraform_source', 'jsonschema'} & set(sys.modules)))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-2:] == ["[]", "[]"]
