from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

Explanations = runpy.run_path(str(Path(__file__).with_name("chart_checks.py")))["Explanations"]

LINE = {"check": "container-resources", "summary": "CPU limit is not set", "reason": "..."}


def scored(*checks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type_meta": {"kind": "Deployment"}, "object_meta": {"name": "sealgate"}, "checks": list(checks)}]


def check(*summaries: str, grade: int = 1, skipped: bool = False) -> dict[str, Any]:
    comments = [{"path": "opa", "summary": summary} for summary in summaries]
    identity = {"id": "container-resources", "name": "Container Resources"}
    return {"check": identity, "grade": grade, "skipped": skipped, "comments": comments or None}


def test_a_finding_that_no_line_explains_is_named_with_its_place() -> None:
    found = Explanations([LINE]).unexplained("default", scored(check(LINE["summary"], "Memory limit is not set")))
    assert found == ["default: kube-score container-resources: Deployment/sealgate opa: Memory limit is not set"]


def test_a_finding_without_a_comment_is_one_too() -> None:
    found = Explanations([LINE]).unexplained("default", scored(check()))
    assert found == ["default: kube-score container-resources: Deployment/sealgate: Container Resources"]


def test_what_is_right_or_was_not_looked_at_is_no_finding() -> None:
    assert Explanations([]).unexplained("default", scored(check("a", grade=10), check("b", skipped=True))) == []


def test_a_line_for_one_file_of_values_explains_nothing_in_another() -> None:
    explanations = Explanations([{**LINE, "values": "service-only"}])
    assert explanations.unexplained("service-only", scored(check(LINE["summary"]))) == []
    assert len(explanations.unexplained("default", scored(check(LINE["summary"])))) == 1


def test_a_line_that_nothing_meets_is_named() -> None:
    explanations = Explanations([LINE, {**LINE, "summary": "gone"}])
    explanations.unexplained("default", scored(check(LINE["summary"])))
    (unmet,) = explanations.unmet()
    assert "container-resources: gone" in unmet
