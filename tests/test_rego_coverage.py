from __future__ import annotations

import runpy
from pathlib import Path

uncovered = runpy.run_path(str(Path(__file__).with_name("rego_coverage.py")))["uncovered"]


def gap(start: int, end: int) -> dict[str, dict[str, int]]:
    return {"start": {"row": start, "col": 1}, "end": {"row": end, "col": 9}}


def test_lines_in_no_test_are_named_once_each_and_those_of_tests_are_not() -> None:
    files = {
        "policies/b.rego": {"covered": [gap(1, 9)], "not_covered": [gap(12, 13), gap(13, 13), gap(3, 3)]},
        "policies/a.rego": {"not_covered": [gap(7, 7)]},
        "policies/a_test.rego": {"not_covered": [gap(1, 1)]},
        "policies/whole.rego": {"covered": [gap(1, 9)]},
    }
    assert uncovered({"files": files}) == [
        "policies/a.rego:7",
        "policies/b.rego:3",
        "policies/b.rego:12",
        "policies/b.rego:13",
    ]
