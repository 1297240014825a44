from __future__ import annotations

import json
from typing import Any

from sealgate.reports import catalogue
from sealgate.reports.text import Page

RULE: dict[str, Any] = {
    "id": "SG-MTRL-004",
    "title": "The output key is no multi-Region key",
    "description": "Multi-turn RL jobs do not support multi-Region keys.",
    "level": "required",
    "severity": "high",
    "requirements": ["MTRL-04"],
    "remediation": "Name a single-Region key.",
    "reference": "https://docs.aws.amazon.com/sagemaker/",
    "always": False,
}


def test_the_list_has_a_line_for_each_rule() -> None:
    assert catalogue.listed([RULE], Page()) == (
        "SG-MTRL-004    required     The output key is no multi-Region key\n\n`sealgate rules ID` explains one."
    )


def test_a_rule_is_explained_with_level_reason_fix_and_reference() -> None:
    assert catalogue.explained(RULE, Page()) == (
        "SG-MTRL-004  The output key is no multi-Region key\n"
        "\n"
        "  level:    required: the service refuses or the job fails without it; denies\n"
        "  severity: high\n"
        "  why:      Multi-turn RL jobs do not support multi-Region keys.\n"
        "  fix:      Name a single-Region key.\n"
        "  see:      https://docs.aws.amazon.com/sagemaker/\n"
        "  meets:    MTRL-04"
    )


def test_a_rule_that_settings_can_not_turn_off_says_so() -> None:
    assert "can't be read; denies" in catalogue.explained({**RULE, "always": True}, Page())


def test_json_is_the_row_itself() -> None:
    assert json.loads(catalogue.as_json(RULE)) == RULE
