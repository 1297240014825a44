"""What the tests of the Helm chart share: rendering it, and reading what came out."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts/sealgate"
HELM = ROOT / ".tools/bin/helm"
RELEASE = "sealgate"
NAMESPACE = "sealgate-system"

Manifest = dict[str, Any]


class ChartRefusedError(Exception):
    """Helm refused the values, and says why."""


@dataclass(frozen=True)
class Rendered:
    """The objects of one rendering."""

    objects: list[Manifest]

    def all(self, kind: str) -> list[Manifest]:
        return [one for one in self.objects if one["kind"] == kind]

    def one(self, kind: str, name: str | None = None) -> Manifest:
        (found,) = [one for one in self.all(kind) if name in (None, one["metadata"]["name"])]
        return found

    def has(self, kind: str) -> bool:
        return bool(self.all(kind))

    @property
    def deployment(self) -> Manifest:
        return self.one("Deployment")

    @property
    def pod(self) -> Manifest:
        """The pods that serve."""
        return dict(self.deployment["spec"]["template"]["spec"])

    @property
    def container(self) -> Manifest:
        (found,) = self.pod["containers"]
        return dict(found)

    @property
    def opa(self) -> Manifest:
        (found,) = [one for one in self.pod["initContainers"] if one["name"] == "opa"]
        return dict(found)

    @property
    def webhook(self) -> Manifest:
        (found,) = self.one("ValidatingWebhookConfiguration")["webhooks"]
        return dict(found)


class Render(Protocol):
    def __call__(
        self, values: Mapping[str, Any] | None = None, *arguments: str, release: str = RELEASE, chart: Path = CHART
    ) -> Rendered: ...


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Render the chart with values, and with further arguments of `helm template`; ChartRefusedError says why not."""
    folder = tmp_path_factory.mktemp("helm")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "KUBECONFIG": str(folder / "none")}

    def run(
        values: Mapping[str, Any] | None = None, *arguments: str, release: str = RELEASE, chart: Path = CHART
    ) -> Rendered:
        done = subprocess.run(
            [HELM, "template", release, chart, "--namespace", NAMESPACE, "--values", "-", *arguments],
            input=json.dumps(values or {}),
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        if done.returncode:
            raise ChartRefusedError(done.stderr)
        return Rendered([one for one in yaml.safe_load_all(done.stdout) if one])

    return run


@pytest.fixture(scope="session")
def default(render: Render) -> Rendered:
    return render()
