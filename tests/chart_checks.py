"""Check the Helm chart with each of its files of values: lint, the API's own schemas, kube-score.

Fails on every finding that .ci/kube-score.yaml does not explain, and on every line there that explains nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CHART = ROOT / "charts/sealgate"
TOOLS = ROOT / ".tools/bin"
EXPLANATIONS = ROOT / ".ci/kube-score.yaml"
# The oldest Kubernetes that the chart takes: what it has, later ones have.
KUBERNETES = "1.30"
BEST_GRADE = 10


@dataclass
class Explanations:
    """What kube-score finds on purpose, and which of its lines have been met."""

    lines: list[dict[str, str]]
    met: set[int] = field(default_factory=set)

    def unexplained(self, values: str, scored: list[dict[str, Any]]) -> list[str]:
        """Return the findings of kube-score, with a file of values, that no line explains."""
        found = []
        for scored_object in scored:
            kind, name = scored_object["type_meta"]["kind"], scored_object["object_meta"]["name"]
            for check in scored_object["checks"]:
                if check["skipped"] or check["grade"] >= BEST_GRADE:
                    continue
                for comment in check["comments"] or [{"path": "", "summary": check["check"]["name"]}]:
                    identity, summary = check["check"]["id"], comment["summary"]
                    if not self._explained(values, identity, summary):
                        where = f"{kind}/{name} {comment['path']}".strip()
                        found.append(f"{values}: kube-score {identity}: {where}: {summary}")
        return found

    def unmet(self) -> list[str]:
        """Return the lines that nothing has met."""
        return [
            f"{EXPLANATIONS.name}: {line['check']}: {line['summary']}: nothing of the chart meets it any more"
            for number, line in enumerate(self.lines)
            if number not in self.met
        ]

    def _explained(self, values: str, identity: str, summary: str) -> bool:
        matching = {
            number
            for number, line in enumerate(self.lines)
            if (line["check"], line["summary"]) == (identity, summary) and line.get("values", values) == values
        }
        self.met |= matching
        return bool(matching)


def problems(values: Path, explanations: Explanations, folder: Path) -> list[str]:
    """Return what is wrong with the chart under a file of values."""
    name = values.parent.name if values.name == "values.yaml" else values.name.removesuffix("-values.yaml")
    linted = _run(TOOLS / "helm", "lint", "--strict", "--quiet", "--values", values, CHART)
    if linted.returncode:
        return [f"{name}: helm lint: {linted.stdout}{linted.stderr}"]
    rendered = _run(TOOLS / "helm", "template", "sealgate", CHART, "-n", "sealgate-system", "--values", values)
    if rendered.returncode:
        return [f"{name}: helm template: {rendered.stderr}"]
    manifests = folder / f"{name}.yaml"
    manifests.write_text(rendered.stdout)
    # A kind that it does not know is an error there.
    definitions = ROOT / ".tools/crds"
    valid = _run(TOOLS / "kubectl-validate", "--version", KUBERNETES, "--local-crds", definitions, manifests)
    scored = _run(TOOLS / "kube-score", "score", "--kubernetes-version", f"v{KUBERNETES}", "-o", "json", manifests)
    return [
        *([f"{name}: kubectl-validate: {valid.stdout}{valid.stderr}"] if valid.returncode else []),
        *explanations.unexplained(name, json.loads(scored.stdout)),
    ]


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def main() -> int:
    explanations = Explanations(yaml.safe_load(EXPLANATIONS.read_text()))
    files = sorted(CHART.glob("ci/*-values.yaml")) + sorted(CHART.glob("examples/*/*values.yaml"))
    with TemporaryDirectory() as folder:
        found = [problem for values in files for problem in problems(values, explanations, Path(folder))]
    found += explanations.unmet()
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"chart: {len(files)} files of values, {len(found)} problems\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
