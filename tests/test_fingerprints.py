from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_it_is_the_same_in_every_release(finding: Make) -> None:
    # Baselines and alerts that people have would all be new otherwise.
    assert fingerprints.of_finding(finding()) == "52b2cf4ec4a74021b319bb7f9bb68b2f"


@pytest.mark.parametrize(
    "members",
    [
        {"message": "other"},
        {"remediation": "other"},
        {"evidence": {"KeyState": "Disabled"}},
        {"severity": "low"},
        {"enforcement": "warn"},
        {"reference": ""},
    ],
)
def test_it_does_not_depend_on_values(finding: Make, members: dict[str, Any]) -> None:
    assert fingerprints.of_finding(finding(**members)) == fingerprints.of_finding(finding())


@pytest.mark.parametrize(
    "members",
    [{"rule": "SG-MTRL-003"}, {"subject": "other"}, {"path": ["RoleArn"]}, {"path": []}, {"outcome": "advice"}],
)
def test_it_depends_on_rule_subject_path_and_outcome(finding: Make, members: dict[str, Any]) -> None:
    assert fingerprints.of_finding(finding(**members)) != fingerprints.of_finding(finding())


def test_it_tells_apart_what_is_waited_for_but_not_the_arns_in_it(finding: Make) -> None:
    def waiting(part: str) -> str:
        return fingerprints.of_finding(finding(outcome="unverified", missing={"part": part, "rules": []}))

    assert waiting("caller") != waiting(f"keys.{KEY}.metadata")
    assert waiting(f"keys.{KEY}.metadata") == waiting(f"keys.{KEY[:-1]}c.metadata")


def test_steps_of_a_path_are_not_run_together(finding: Make) -> None:
    assert fingerprints.of_finding(finding(path=["a", "b"])) != fingerprints.of_finding(finding(path=['a","b']))


def test_any_text_has_one(finding: Make) -> None:
    assert re.fullmatch("[0-9a-f]{32}", fingerprints.of_finding(finding(subject="\ud800 ü")))
