"""The conventions of the policies, held against every file of them."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import sealgate
from sealgate.generate.catalogue import AREAS, KINDS, RULES, Rule, read_rules
from sealgate.generate.traceability import read_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
POLICIES = ROOT / "policies"
SHARED_REQUIREMENTS = ROOT.parent / "shared/requirements.yaml"

# The only ones that know the input: rules read the model that these make of it.
READERS_OF_INPUT = ("conftest.rego", "sealgate/inputs/", "sealgate/model/")

# What WebAssembly lacks, or what would make a verdict depend on more than the input.
FORBIDDEN_CALLS = ("http.", "net.lookup", "opa.", "print", "rand.", "rego.", "sprintf", "time.", "trace", "uuid.")

INPUT = {"type": "var", "value": "input"}

Tree = dict[str, Any]
Reference = tuple[str, ...]


@pytest.fixture(scope="session")
def rules() -> list[Rule]:
    return read_rules(ROOT)


@pytest.fixture(scope="session")
def trees() -> dict[str, Tree]:
    """Each policy that is no test, by its path below policies/, as OPA parses it."""
    return {
        path.relative_to(POLICIES).as_posix(): parsed(path)
        for path in sorted(POLICIES.rglob("*.rego"))
        if not path.name.endswith("_test.rego")
    }


def parsed(path: Path) -> Tree:
    done = subprocess.run(
        [".tools/bin/opa", "parse", "--format=json", str(path)], cwd=ROOT, capture_output=True, check=True
    )
    tree: Tree = json.loads(done.stdout)
    return tree


def nodes(tree: object) -> Iterator[Tree]:
    """Yield every object in the tree, itself included."""
    if isinstance(tree, dict):
        yield tree
    if isinstance(tree, dict | list):
        for child in tree.values() if isinstance(tree, dict) else tree:
            yield from nodes(child)


def path_of(reference: Tree) -> Reference:
    """Return a reference's parts as texts: `x.y[z]` is x, y, z; a part that is neither text nor name is its JSON."""
    return tuple(
        part["value"] if isinstance(part["value"], str) else json.dumps(part["value"]) for part in reference["value"]
    )


def operator(expression: Tree) -> str | None:
    """Return the name of the function that the expression calls."""
    terms = expression.get("terms", expression.get("value"))
    if isinstance(terms, list) and expression.get("type", "call") == "call":
        return ".".join(path_of(terms[0]))
    return None


def evaluated_first(term: object) -> Iterator[Reference]:
    """Yield the references that are looked up before the term itself is: its own, and those in calls and indices.

    A comprehension is a scope of its own, in which a missing member ends only its own body.
    """
    if isinstance(term, list):
        for part in term:
            yield from evaluated_first(part)
    # The value of null is an empty object.
    elif isinstance(term, dict) and term and not term["type"].endswith("comprehension"):
        if term["type"] == "ref":
            yield path_of(term)
        yield from evaluated_first(term["value"][1:] if term["type"] == "call" else term["value"])


def negated_references(expression: Tree) -> Iterator[Reference]:
    """Yield the references whose absence would silence `not …`, instead of making it true."""
    terms = expression["terms"]
    if isinstance(terms, dict):
        yield from list(evaluated_first(terms))[1:]
    else:
        compares = operator(expression) in {"eq", "equal"}
        for term in terms[1:]:
            # `not x.y == z` is true where x.y is absent.
            yield from list(evaluated_first(term))[1 if compares and term["type"] == "ref" else 0 :]


def known_to_exist(body: list[Tree]) -> Iterator[Reference]:
    """Yield the references that exist where the body is true: those that it reads, and the value of what is known."""
    for expression in body:
        terms = expression["terms"]
        if expression.get("negated") or not isinstance(terms, list):
            if not expression.get("negated") and terms.get("type") == "ref":
                yield from evaluated_first(terms)
            continue
        for term in terms[1:]:
            yield from evaluated_first(term)
        texts = [term["value"] for term in terms[1:]]
        for term in terms[1:]:
            if operator(expression) == "equal" and term["type"] == "ref" and "known" in texts:
                *holder, member = path_of(term)
                if member == "state":
                    yield (*holder, "value")


def silent_negations(tree: object, exists: frozenset[Reference] = frozenset()) -> Iterator[Reference]:
    """Yield each reference under a `not` whose absence silences the body, and that nothing in the body says exists."""
    if isinstance(tree, dict):
        if "body" in tree:
            exists |= frozenset(known_to_exist(tree["body"]))
            for expression in tree["body"]:
                if expression.get("negated"):
                    for path in negated_references(expression):
                        if len(path) > 1 and not any(known[: len(path)] == path for known in exists):
                            yield path
        for child in tree.values():
            yield from silent_negations(child, exists)
    elif isinstance(tree, list):
        for child in tree:
            yield from silent_negations(child, exists)


def test_annotations_are_complete_and_ids_are_unique(rules: list[Rule]) -> None:
    assert rules
    assert len({rule.id for rule in rules}) == len(rules)


def test_areas_of_the_schema_are_those_of_the_catalogue() -> None:
    schema = json.loads((ROOT / "schemas/rule-metadata.json").read_bytes())
    pattern = schema["properties"]["custom"]["properties"]["id"]["pattern"]
    assert pattern == f"^SG-({'|'.join(area.upper() for area in AREAS)})-\\d{{3}}$"


def test_package_is_path() -> None:
    wrong = []
    for path in sorted(POLICIES.rglob("*.rego")):
        folder = path.relative_to(POLICIES).parent
        expected = ".".join(folder.parts) or "main"
        if path.name.endswith("_test.rego"):
            expected += "_test"
        if f"package {expected}" not in path.read_text(encoding="utf-8").splitlines():
            wrong.append(path.relative_to(ROOT).as_posix())
    assert wrong == []


def test_rule_exposes_what_it_checked_and_what_it_found_and_nothing_else(
    rules: list[Rule], trees: dict[str, Tree]
) -> None:
    wrong = {}
    for rule in rules:
        heads = [head["head"] for head in trees[Path(rule.path).relative_to("policies").as_posix()]["rules"]]
        public = {head["ref"][0]["value"] for head in heads if not head["ref"][0]["value"].startswith("_")}
        if public != {"checked", "notes" if rule.level == "fact" else "findings"}:
            wrong[rule.path] = public
    assert wrong == {}


def test_nothing_under_not_is_silenced_by_a_missing_member(trees: dict[str, Tree]) -> None:
    wrong = {
        name: paths
        for name, tree in trees.items()
        if name.startswith(RULES.removeprefix("policies/"))
        and (paths := [".".join(path) for path in silent_negations(tree)])
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("not f(x.y)", ["x.y"]),
        ("not x.y in {1}", ["x.y"]),
        ("not s[x.y]", ["x.y"]),
        ("not x.y > 1", ["x.y"]),
        ("not f(g([x.y]))", ["x.y"]),
        ("not f(x.y) == 1", ["x.y"]),
        ("not f(input.y)", ["input.y"]),
        ("not f(x.value); x.state == `unknown`", ["x.value"]),
        ("z := {v | some v in x; not f(v.y)}; z", ["v.y"]),
        ("not f(x)", []),
        ("not x.y", []),
        ("not x.y == 1", []),
        ("not f(x.y); is_string(x.y)", []),
        ("not f(x.y); z := x.y.w; z", []),
        ("not f(x.value); x.state == `known`", []),
        ("z := {v | some v in x; not f(v.y); v.y > 1}; z", []),
    ],
)
def test_negation_that_a_missing_member_silences_is_seen(body: str, expected: list[str], tmp_path: Path) -> None:
    policy = tmp_path / "policy.rego"
    policy.write_text(f"package policy\n\nr(x, s) if {{ {body} }}\n", encoding="utf-8")
    assert [".".join(path) for path in silent_negations(parsed(policy))] == expected


def test_policies_call_nothing_that_is_not_of_the_input(trees: dict[str, Tree]) -> None:
    wrong = {
        name: calls
        for name, tree in trees.items()
        if (calls := {call for node in nodes(tree) if (call := operator(node) or "").startswith(FORBIDDEN_CALLS)})
    }
    assert wrong == {}


def test_allowed_built_ins_are_none_of_the_forbidden_ones() -> None:
    capabilities = json.loads((ROOT / ".ci/capabilities.json").read_bytes())
    names = [builtin["name"] for builtin in capabilities["builtins"]]
    assert "startswith" in names
    assert [name for name in names if name.startswith(FORBIDDEN_CALLS)] == []
    assert capabilities["allow_net"] == []


def reads_input(tree: object) -> bool:
    """Say whether the input is read in the tree. What evaluates the model of another input by `with` reads none."""
    if isinstance(tree, dict):
        return tree == INPUT or any(reads_input(child) for name, child in tree.items() if name != "target")
    return isinstance(tree, list) and any(reads_input(child) for child in tree)


def test_only_what_makes_the_model_reads_the_input(trees: dict[str, Tree]) -> None:
    wrong = [name for name, tree in trees.items() if not name.startswith(READERS_OF_INPUT) and reads_input(tree)]
    assert wrong == []


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("input.now", ["input"]),
        ("input", ["input"]),
        ("data.sealgate.model.jobs with data.sealgate.model.jobs as input.x", ["input"]),
        ("data.sealgate.model.jobs with input.plan_side as `before`", []),
        ("data.sealgate.model.input", []),
    ],
)
def test_reading_the_input_is_told_from_giving_another(body: str, read: list[str], tmp_path: Path) -> None:
    policy = tmp_path / "policy.rego"
    policy.write_text(f"package policy\n\nr if {{ {body} }}\n", encoding="utf-8")
    assert reads_input(parsed(policy)) is (read == ["input"])


def test_every_rule_has_a_test_beside_it(rules: list[Rule]) -> None:
    without = [rule.path for rule in rules if not (ROOT / rule.path.replace(".rego", "_test.rego")).is_file()]
    assert without == []


def test_every_rule_has_its_examples(rules: list[Rule], trees: dict[str, Tree]) -> None:
    lacking = {}
    for rule in rules:
        wanted = {"note"} if rule.level == "fact" else {"allow", "deny"}
        tree = trees[Path(rule.path).relative_to("policies").as_posix()]
        if any(operator(node) == "finding.unverified" for node in nodes(tree)):
            wanted |= {"unverified"}
        kinds = {example.kind for example in rule.examples}
        if not rule.metadata["custom"].get("deprecated") and not wanted <= kinds:
            lacking[rule.id] = wanted - kinds
    assert lacking == {}


def test_every_example_shows_what_its_name_says(rules: list[Rule]) -> None:
    shows: dict[str, set[str | None]] = {
        "allow": {None, "note"},
        "deny": {"violation", "advice"},
        "unverified": {"unverified"},
        "note": {"note"},
    }
    assert set(shows) == set(KINDS)
    wrong = [
        example.path
        for rule in rules
        for example in rule.examples
        if example.rules.get(rule.id) not in shows[example.kind]
    ]
    assert wrong == []


def test_every_requirement_that_a_rule_names_exists(rules: list[Rule]) -> None:
    known = {requirement.id for requirement in read_requirements(ROOT)}
    assert {one for rule in rules for one in rule.requirements} <= known


def test_package_and_distribution_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == sealgate.__version__


def test_every_requirement_has_a_short_title() -> None:
    requirements = read_requirements(ROOT)
    assert len(requirements) == 53
    assert [one.id for one in requirements if not 0 < len(one.title) <= 100] == []


@pytest.mark.skipif(
    not SHARED_REQUIREMENTS.is_file(), reason="skipped: the list to compare with is not beside the checkout"
)
def test_requirements_are_those_that_were_asked_for() -> None:
    asked_for = yaml.safe_load(SHARED_REQUIREMENTS.read_text(encoding="utf-8"))["requirements"]
    assert {one.id: (one.level, list(one.checked_on)) for one in read_requirements(ROOT)} == {
        one: (row["level"], row["checked_on"]) for one, row in asked_for.items()
    }
