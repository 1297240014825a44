"""The examples beside the chart: a kind of one's own, from its definition to the verdict."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.chart.conftest import CHART, ROOT

if TYPE_CHECKING:
    from tests.chart.conftest import Manifest, Render, Rendered

FOLDER = CHART / "examples/training-run"


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


@pytest.fixture(scope="module")
def definition() -> Manifest:
    found: Manifest = _read("customresourcedefinition.yaml")["spec"]
    return found


@pytest.fixture(scope="module")
def rendered(render: Render) -> Rendered:
    return render(_read("values.yaml"))


def test_the_webhook_is_asked_about_the_kind(rendered: Rendered, definition: Manifest) -> None:
    rule = rendered.webhook["rules"][-1]
    assert (rule["apiGroups"], rule["resources"]) == ([definition["group"]], [definition["names"]["plural"]])


def test_the_settings_lead_to_parameters_that_the_definition_has(rendered: Rendered, definition: Manifest) -> None:
    settings = yaml.safe_load(rendered.one("ConfigMap", "sealgate")["data"]["sealgate.yaml"])
    (kind,) = settings["kubernetes_kinds"]
    assert (kind["group"], kind["kind"]) == (definition["group"], definition["names"]["kind"])
    part = definition["versions"][0]["schema"]["openAPIV3Schema"]
    for member in kind["parameters"]:
        part = part["properties"][member]
    assert "JobConfigDocument" in part["required"]


@pytest.mark.parametrize("name", ["right.yaml", "wrong.yaml"])
def test_the_objects_are_of_the_definition(name: str) -> None:
    command = [str(ROOT / ".tools/bin/kubectl-validate"), "--version", "1.30", "--local-crds", str(FOLDER)]
    done = subprocess.run([*command, str(FOLDER / name)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "code", "rules"), [("right.yaml", 0, []), ("wrong.yaml", 1, ["SG-MTRL-002"])])
def test_they_are_let_in_and_refused_as_they_say(
    rendered: Rendered, tmp_path: Path, name: str, code: int, rules: list[str]
) -> None:
    settings = tmp_path / "sealgate.yaml"
    settings.write_text(rendered.one("ConfigMap", "sealgate")["data"]["sealgate.yaml"])
    command = [str(Path(sys.executable).with_name("sealgate")), "check", "--settings", str(settings)]
    done = subprocess.run(
        [*command, "--output", "json", str(FOLDER / name)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    findings = [finding for result in json.loads(done.stdout)["results"] for finding in result["decision"]["findings"]]
    assert sorted({one["rule"] for one in findings if one["enforcement"] == "deny"}) == rules
