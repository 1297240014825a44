from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sealgate.generate import capabilities
from sealgate.generate.outputs import GenerationError, run_opa

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(capabilities.generate(ROOT)[capabilities.PATH])
    return content


@pytest.mark.parametrize(
    "name", ["startswith", "regex.match", "json.unmarshal", "walk", "eq", "assign", "internal.member_2", "glob.match"]
)
def test_native_built_in_is_allowed(generated: dict[str, Any], name: str) -> None:
    assert name in {builtin["name"] for builtin in generated["builtins"]}


@pytest.mark.parametrize(
    "name",
    [
        *("sprintf", "http.send", "opa.runtime", "rand.intn", "time.now_ns", "trace", "regex.replace", "json.patch"),
        *("object.subset", "semver.compare", "print", "rego.metadata.rule", "internal.template_string", "any"),
    ],
)
def test_built_in_that_needs_a_host_or_is_no_business_of_a_rule_is_not_allowed(
    generated: dict[str, Any], name: str
) -> None:
    assert name not in {builtin["name"] for builtin in generated["builtins"]}


def test_nothing_of_the_network_and_no_language_beyond_rego_v1_is_allowed(generated: dict[str, Any]) -> None:
    assert generated["allow_net"] == []
    assert generated["features"] == ["keywords_in_refs", "rego_v1"]
    assert generated["future_keywords"] == []


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ('some x in input; x == "a"', True),
        ("every x in input { contains(x, `a`) }", True),
        ('sprintf("%d", [input.x]) == "1"', False),
        ("time.now_ns() > input.x", False),
        ('$"{input.x}" == "a"', False),
    ],
)
def test_opa_holds_policies_to_it(checkout: Path, body: str, allowed: bool) -> None:  # noqa: FBT001 a table of cases
    (checkout / "policy.rego").write_text(f"package policy\n\nfound if {{ {body} }}\n", encoding="utf-8")
    arguments = ("check", "--capabilities", str(ROOT / capabilities.PATH), "policy.rego")
    if allowed:
        assert run_opa(checkout, *arguments) == b""
    else:
        with pytest.raises(GenerationError, match=r"policy\.rego:3"):
            run_opa(checkout, *arguments)
