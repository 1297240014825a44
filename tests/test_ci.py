"""What CI systems and pre-commit are given is valid by their own schemas, and its commands do what they should."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SEALGATE = Path(sys.executable).with_name("sealgate")

IN_CI = README.split("\n## In CI\n")[1].split("\n## ")[0]
SECTIONS = dict(section.split("\n", 1) for section in re.split(r"^### ", IN_CI, flags=re.MULTILINE)[1:])

PLAN = (ROOT / "tests/plans/training_job.json").read_bytes()


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", SECTIONS[section], flags=re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Return the calls of sealgate in a text, as a shell would split them."""
    found = re.findall(r"sealgate check [^\n']*", text)
    assert found
    return [shlex.split(os.path.expandvars(command), comments=True) for command in found]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a Terraform root module with a plan that is denied."""
    (tmp_path / "plan.json").write_bytes(PLAN)
    declared = {tuple(change[name] for name in ("type", "name")) for change in json.loads(PLAN)["resource_changes"]}
    lines = [f'resource "{kind}" "{name}" {{}}' for kind, name in sorted(declared)]
    (tmp_path / "main.tf").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a command with sealgate on its path."""

    def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SEALGATE_")}
        path = f"{SEALGATE.parent}{os.pathsep}{kept['PATH']}"
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), "PATH": path, **environment},
        )

    return run


def valid(schema: str, text: str, folder: Path) -> str:
    """Return what the schema of a CI system, as check-jsonschema carries it, finds wrong with a text."""
    (folder / "ci.yml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(folder / "ci.yml")]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


class TestTheAction:
    def test_is_valid(self, folder: Path) -> None:
        assert valid("vendor.github-actions", (ROOT / "action.yml").read_text(encoding="utf-8"), folder).startswith(
            "ok"
        )

    def test_takes_no_input_into_its_scripts(self) -> None:
        for step in ACTION["runs"]["steps"]:
            assert "${{" not in step["run"]

    def test_describes_every_input_and_uses_it(self) -> None:
        [check] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]
        used = set(re.findall(r"inputs\.([\w-]+)", json.dumps([check["env"], check["working-directory"]])))

        assert used == ACTION["inputs"].keys()
        for name, described in ACTION["inputs"].items():
            assert described["description"]
            assert f"`{name}`" in SECTIONS["GitHub Actions"]

    def checked(self, run: Any, folder: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        """Run the step that checks as the runner does."""
        [step] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]
        values = {name: str(described["default"]) for name, described in ACTION["inputs"].items()} | inputs
        environment = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)
            for name, text in step["env"].items()
        }
        (folder / "runner/sealgate/bin").mkdir(parents=True, exist_ok=True)
        link = folder / "runner/sealgate/bin/sealgate"
        if not link.exists():
            link.symlink_to(SEALGATE)
        done = run(
            *("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]),
            RUNNER_TEMP=str(folder / "runner"),
            GITHUB_OUTPUT=str(folder / "output"),
            GITHUB_STEP_SUMMARY=str(folder / "summary.md"),
            **environment,
        )
        return done, dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())

    def test_annotates_reports_and_fails(self, run: Any, folder: Path) -> None:
        done, outputs = self.checked(run, folder, source=".")

        assert done.returncode == 1, done.stderr
        assert "::error file=main.tf,line=" in done.stdout
        assert outputs == {"exit-code": "1", "sarif-file": "./sealgate.sarif"}
        assert json.loads((folder / "sealgate.sarif").read_bytes())["version"] == "2.1.0"
        assert (folder / "summary.md").read_text().startswith("## sealgate: failed\n")

    def test_passes_what_is_allowed(self, run: Any, folder: Path) -> None:
        (folder / "plan.json").write_text('{"format_version": "1.2", "resource_changes": []}')

        done, outputs = self.checked(run, folder)

        assert (done.returncode, outputs["exit-code"]) == (0, "0"), done.stderr

    def test_hands_every_input_on(self, run: Any, folder: Path) -> None:
        (folder / "context.json").write_text('{"region": "us-west-2"}')
        (folder / "settings.yaml").write_text("context: {account: '111122223333'}\n")
        written = run("sealgate", "check", "plan.json", "--strict", "--write-baseline", "old file.json")
        assert written.returncode == 0, written.stderr

        options = {"context": "context.json", "settings": "settings.yaml", "baseline": "old file.json"}
        done, _ = self.checked(run, folder, files="plan.json\n\n  \nplan.json\n", source=".", strict="true", **options)

        # The same plan twice: what the baseline has once is new the second time.
        assert done.returncode == 1, done.stderr
        assert "accepted and not shown" in done.stdout

    def test_takes_no_input_for_a_command_or_an_option(self, run: Any, folder: Path) -> None:
        done, _ = self.checked(run, folder, files="--help\n$(touch owned)", source="$(touch owned)")

        assert done.returncode == 2
        assert not (folder / "owned").exists()

    def test_installs_what_stands_beside_it(self, run: Any, folder: Path) -> None:
        (folder / "bin").mkdir()
        for name in ("python3", "python"):
            script = (
                '#!/bin/sh\necho "$0 $*"\nmkdir -p "$3/bin" 2>/dev/null\ncp "$0" "$3/bin/python" 2>/dev/null\nexit 0\n'
            )
            (folder / "bin" / name).write_text(script)
            (folder / "bin" / name).chmod(0o755)

        done = run(
            *("bash", "-eo", "pipefail", "-c", ACTION["runs"]["steps"][0]["run"]),
            PATH=f"{folder}/bin:/usr/bin:/bin",
            RUNNER_TEMP=str(folder),
            GITHUB_ACTION_PATH=str(ROOT),
        )

        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            f"{folder}/bin/python3 -m venv {folder}/sealgate",
            f"{folder}/sealgate/bin/python -m pip install --quiet --disable-pip-version-check {ROOT}",
        ]


class TestTheHooks:
    def test_are_valid(self) -> None:
        command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout

    def hook(self, name: str) -> dict[str, Any]:
        [found] = [hook for hook in HOOKS if hook["id"] == name]
        return dict(found)

    def test_check_requests(self, run: Any, folder: Path) -> None:
        (folder / "jobs").mkdir()
        request = {"service": "s3", "operation": "PutObject", "parameters": {}}
        (folder / "jobs/a.json").write_text(json.dumps(request))
        hook = self.hook("sealgate")

        assert re.search(hook["files"], "jobs/a.json")
        assert run(*shlex.split(hook["entry"]), "jobs/a.json", "jobs/a.json").returncode in {0, 1}
        (folder / "jobs/a.json").write_text("{")
        assert run(*shlex.split(hook["entry"]), "jobs/a.json").returncode == 2

    def test_check_a_plan(self, run: Any) -> None:
        hook = self.hook("sealgate-plan")

        done = run(*shlex.split(hook["entry"]), *hook["args"])

        assert done.returncode == 1, done.stderr
        assert "(main.tf:" in done.stdout

    @pytest.mark.parametrize(
        ("file", "is_one"), [("main.tf", True), ("a/b.tf.json", True), ("x.tfvars", True), ("tf.json", False)]
    )
    def test_know_what_a_plan_is_made_of(self, file: str, is_one: bool) -> None:  # noqa: FBT001 a case
        assert bool(re.search(self.hook("sealgate-plan")["files"], file)) == is_one

    def test_are_used_as_the_readme_says(self) -> None:
        [text] = blocks("pre-commit", "yaml")
        [repo] = yaml.safe_load(text)["repos"]

        assert [hook["id"] for hook in repo["hooks"]] == [hook["id"] for hook in HOOKS]
        config = {"repos": [{**repo, "repo": "https://git.example/sealgate"}]}
        Path(".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        command = [sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"]
        assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0


class TestTheReadme:
    def test_has_a_valid_workflow_with_the_action_s_inputs(self, folder: Path) -> None:
        workflow, step = blocks("GitHub Actions", "yaml")

        assert valid("vendor.github-workflows", workflow, folder).startswith("ok")
        steps = yaml.safe_load(workflow)["jobs"]["plan"]["steps"]
        [used] = [step for step in steps if "sealgate@" in step.get("uses", "")]
        assert used["with"].keys() <= ACTION["inputs"].keys()
        assert set(re.findall(r"steps\.sealgate\.outputs\.([\w-]+)", workflow)) <= ACTION["outputs"].keys()
        assert isinstance(yaml.safe_load(step), list)

    def test_has_a_valid_gitlab_job_that_keeps_what_is_written(self, folder: Path) -> None:
        [text] = blocks("GitLab CI", "yaml")

        assert valid("vendor.gitlab-ci", text, folder).startswith("ok")
        reports = yaml.safe_load(text)["sealgate"]["artifacts"]["reports"]
        assert {f"{reports['codequality']}", reports["junit"]} == {
            output.partition("=")[2] for command in commands(text) for output in command if "=" in output
        }

    @pytest.mark.parametrize("section", ["GitHub Actions", "GitLab CI", "Jenkins", "What fails, and what is accepted"])
    def test_has_commands_that_do_what_they_say(
        self, run: Any, folder: Path, section: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
        text = "".join(
            re.findall(r"^```(?:yaml|groovy|console)\n(.*?)^```", SECTIONS[section], flags=re.MULTILINE | re.DOTALL)
        )

        for command in commands(text):
            done = run(*command)

            accepts = any("baseline" in part for part in command)
            assert done.returncode == (0 if accepts else 1), done.stderr
            for output in command:
                name, equals, file = output.partition("=")
                if equals and name == "junit":
                    assert ET.parse(folder / file).getroot().tag == "testsuites"  # noqa: S314 our own file
                elif equals and name in {"sarif", "gitlab"}:
                    assert json.loads((folder / file).read_bytes())
                elif equals:
                    assert (folder / file).stat().st_size

    def test_names_in_jenkins_what_is_written(self) -> None:
        [text] = blocks("Jenkins", "groovy")
        [command] = commands(text)

        for kept in re.findall(r"(?:junit |pattern: )'([^']+)'", text):
            assert any(output.endswith(f"={kept}") for output in command)

    def test_has_exceptions_that_are_taken(self, run: Any, folder: Path) -> None:
        [text] = blocks("What fails, and what is accepted", "yaml")
        (folder / "sealgate.yaml").write_text(text)

        done = run("sealgate", "check", "plan.json", "--output", "json")

        assert done.returncode == 1, done.stderr
        [result] = json.loads(done.stdout)["results"]
        assert {use["status"] for use in result["decision"]["exceptions"]} == {"unused"}
