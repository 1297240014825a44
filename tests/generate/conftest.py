"""A small checkout: one rule with its test and examples, the schema of its annotations, one requirement."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DECISION = """\
package sealgate

decision := {"allowed": count(data.sealgate.rules.mtrl.key_is_named.findings) == 0, "rules": data.sealgate.data.rules}
"""

RULE = """\
# METADATA
# title: The key is named
# description: |
#   A key stands in the request,
#   by its name.
# scope: package
# related_resources:
#   - description: Keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   id: SG-MTRL-001
#   level: required
#   severity: high
#   requirements: [MTRL-01]
#   remediation: Name the key.
package sealgate.rules.mtrl.key_is_named

checked contains "job"

findings contains "no key" if not input.key
"""

RULE_TEST = """\
package sealgate.rules.mtrl.key_is_named_test

import data.sealgate.rules.mtrl.key_is_named as rule

test_violation_absent if rule.findings == {"no key"} with input as {}

test_pass_named if rule.findings == set() with input as {"key": "k"}
"""

EXAMPLES = {
    "allow_named": ("A <named> key", {"key": "k"}, True, {}),
    "deny_absent": ("No key", {"tags": {}}, False, {"SG-MTRL-001": "violation"}),
    "deny_null": ("A key that is null", {"key": None}, False, {"SG-MTRL-001": "violation"}),
}


def put(root: Path, path: str, text: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".tools").symlink_to(ROOT / ".tools")
    (tmp_path / "schemas").mkdir()
    shutil.copy(ROOT / "schemas/rule-metadata.json", tmp_path / "schemas")
    put(tmp_path, "pyproject.toml", '[project]\nversion = "1.2.3"\n')
    put(
        tmp_path, "requirements.yaml", "MTRL-01: {level: required, checked_on: [request, key], title: A key is named}\n"
    )
    put(tmp_path, "policies/sealgate/decision.rego", DECISION)
    put(tmp_path, "policies/sealgate/data/keys/data.json", '{"forms": ["arn"]}\n')
    put(tmp_path, "policies/sealgate/rules/mtrl/key_is_named/key_is_named.rego", RULE)
    put(tmp_path, "policies/sealgate/rules/mtrl/key_is_named/key_is_named_test.rego", RULE_TEST)
    for name, (description, document, allowed, rules) in EXAMPLES.items():
        example = {"description": description, "input": document, "expect": {"allowed": allowed, "rules": rules}}
        put(tmp_path, f"tests/examples/mtrl/key_is_named/{name}.json", json.dumps(example))
    return tmp_path
