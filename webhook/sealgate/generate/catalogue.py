"""Write the rule catalogue (policies/sealgate/data/rules), the policies' version and policies/RULES.md.

The source of all three is the METADATA block above the package of each rule; RULES.md also shows the rules' examples.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from sealgate.generate.outputs import GenerationError, as_json, folded, main

RULES = "policies/sealgate/rules"
EXAMPLES = "tests/examples"
TABLES = "policies/sealgate/data"
CATALOGUE = f"{TABLES}/rules/data.json"
VERSION = f"{TABLES}/version/data.json"
PAGE = "policies/RULES.md"

# The version of the shape of input documents and decisions (schemas/input.json, schemas/decision.json).
SCHEMA_VERSION = 1

AREAS = {
    "key": "Form and kind of a key",
    "mtrl": "SageMaker multi-turn reinforcement learning jobs",
    "label": "SageMaker labeling jobs",
    "bedrock": "Bedrock custom models",
    "eval": "Bedrock evaluation jobs",
    "store": "Volumes and local storage",
    "iam": "Policy statements",
    "call": "Calls of KMS that a job needs",
    "grant": "Grants",
    "trail": "CloudTrail records",
    "plan": "Terraform plans",
    "org": "What an organisation asks for",
}

# The kinds of example, in the order in which they are shown, with what each shows of its rule.
KINDS = {"allow": "Kept", "deny": "Not kept", "unverified": "Can't be told", "note": "Noted"}

_ENFORCEMENT = {
    "required": "denies",
    "recommended": "warns",
    "option": "is silent until the settings ask for it",
    "fact": "is a note",
}


@dataclass(frozen=True, kw_only=True)
class Example:
    """A whole input document and what the decision on it must hold: one file below tests/examples."""

    path: str
    """The file, below the root of the checkout."""
    kind: str
    """One of KINDS: what the example shows of the rule in whose folder it stands."""
    description: str
    input: dict[str, Any]
    allowed: bool
    rules: dict[str, str]
    """Rule id → violation, unverified, advice or note: all that the decision reports."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule as its annotations describe it."""

    area: str
    name: str
    path: str
    """The rule's file, below the root of the checkout."""
    metadata: dict[str, Any]
    examples: tuple[Example, ...]

    @property
    def id(self) -> str:
        """The id, such as SG-MTRL-002."""
        return str(self.metadata["custom"]["id"])

    @property
    def level(self) -> str:
        """One of required, recommended, option and fact."""
        return str(self.metadata["custom"]["level"])

    @property
    def requirements(self) -> list[str]:
        """The ids of the requirements that the rule serves."""
        return list(self.metadata["custom"]["requirements"])

    @property
    def anchor(self) -> str:
        """The rule's anchor in RULES.md."""
        return self.id.lower()

    @cached_property
    def row(self) -> dict[str, Any]:
        """The rule's row in the catalogue."""
        custom = self.metadata["custom"]
        return {
            "id": self.id,
            "title": self.metadata["title"],
            "description": " ".join(self.metadata["description"].split()),
            "level": self.level,
            "severity": custom["severity"],
            "requirements": self.requirements,
            "remediation": custom.get("remediation", ""),
            "reference": self.metadata["related_resources"][0]["ref"],
            "always": custom.get("always", False),
        }


def read_rules(root: Path) -> list[Rule]:
    """Return every rule below policies/sealgate/rules with its examples, ordered by area (as AREAS) and id.

    Raises GenerationError where annotations are missing or break schemas/rule-metadata.json, where an id is used twice
    or stands in another area's folder, and where an example is misplaced or unreadable.
    """
    validator = Draft202012Validator(json.loads((root / "schemas/rule-metadata.json").read_bytes()))
    examples = _read_examples(root)
    rules: dict[str, Rule] = {}
    for path in sorted((root / RULES).glob("*/*/*.rego")):
        if path.name.endswith("_test.rego"):
            continue
        area, name = path.parent.parent.name, path.parent.name
        rule = Rule(
            area=area,
            name=name,
            path=path.relative_to(root).as_posix(),
            metadata=_read_metadata(path, path.relative_to(root).as_posix(), validator),
            examples=tuple(examples.pop((area, name), [])),
        )
        if path.stem != name:
            raise GenerationError(f"{rule.path}: the file and its folder have different names")
        if rule.id.split("-")[1].lower() != area:
            raise GenerationError(f"{rule.path}: {rule.id} stands in the folder of another area ({area})")
        if rule.id in rules:
            raise GenerationError(f"{rule.path}: {rule.id} is the id of {rules[rule.id].path} too")
        rules[rule.id] = rule
    for folder in examples:
        raise GenerationError(f"{EXAMPLES}/{'/'.join(folder)}: there is no rule of this area and name")
    order = list(AREAS)
    return sorted(rules.values(), key=lambda rule: (order.index(rule.area), rule.id))


def generate(root: Path) -> dict[str, bytes]:
    """Return the catalogue, the version and RULES.md."""
    rules = read_rules(root)
    rows: dict[str, dict[str, Any]] = {}
    for rule in rules:
        rows.setdefault(rule.area, {})[rule.name] = rule.row
    catalogue = as_json(rows)
    return {
        CATALOGUE: catalogue,
        VERSION: as_json({"policies": _version(root, catalogue), "schema": SCHEMA_VERSION}),
        PAGE: _page(rules).encode(),
    }


def _read_metadata(path: Path, name: str, validator: Draft202012Validator) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").splitlines()
    end = next((number for number, line in enumerate(lines) if line.startswith("package ")), 0)
    start = end
    while start and lines[start - 1].startswith("#"):
        start -= 1
    if lines[start:end][:1] != ["# METADATA"]:
        raise GenerationError(f"{name}: no METADATA block stands above the package")
    try:
        metadata = yaml.safe_load("\n".join(line.removeprefix("#")[1:] for line in lines[start + 1 : end]))
    except yaml.YAMLError as error:
        raise GenerationError(f"{name}: the METADATA block is not YAML: {error}") from error
    wrong = best_match(validator.iter_errors(metadata))
    if wrong:
        raise GenerationError(f"{name}: METADATA {wrong.json_path}: {wrong.message}")
    assert isinstance(metadata, dict)  # noqa: S101 the schema says so; this tells the type checker
    return metadata


def _read_examples(root: Path) -> dict[tuple[str, str], list[Example]]:
    examples: dict[tuple[str, str], list[Example]] = {}
    for path in sorted((root / EXAMPLES).glob("*/*/*.json")):
        name = path.relative_to(root).as_posix()
        kind = path.name.partition("_")[0]
        if kind not in KINDS:
            raise GenerationError(f"{name}: an example is named {', '.join(KINDS)}, then _<when>.json")
        try:
            content = json.loads(path.read_bytes())
            example = Example(
                path=name,
                kind=kind,
                description=content["description"],
                input=content["input"],
                allowed=content["expect"]["allowed"],
                rules=content["expect"]["rules"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise GenerationError(f"{name}: not an example (description, input, expect): {error!r}") from error
        examples.setdefault((path.parent.parent.name, path.parent.name), []).append(example)
    return examples


def _version(root: Path, catalogue: bytes) -> str:
    """Return the package's version with a digest of the sources, so that any change of the policies has a name."""
    sources = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for pattern in ("policies/**/*.rego", f"{TABLES}/*/data.json")
        for path in root.glob(pattern)
        if not path.name.endswith("_test.rego")
    }
    sources[CATALOGUE] = catalogue
    sources.pop(VERSION, None)
    digest = hashlib.sha256()
    for name, content in sorted(sources.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    package = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return f"{package}+{digest.hexdigest()[:12]}"


def _page(rules: list[Rule]) -> str:
    lines = [
        "# Rules",
        "",
        "Every rule, from the annotations in `policies/sealgate/rules` and the examples in `tests/examples`.",
        "Generated by `make generate`: change those instead.",
        "",
    ]
    for area, title in AREAS.items():
        of_area = [rule for rule in rules if rule.area == area]
        if of_area:
            lines += [f"- {title} (`{area}`)"]
            lines += [f"  - [{rule.id}](#{rule.anchor}): {rule.row['title']}" for rule in of_area]
    for rule in rules:
        lines += ["", *_section(rule)]
    return "\n".join(lines) + "\n"


def _section(rule: Rule) -> list[str]:
    row = rule.row
    enforcement = "denies, whatever the settings say" if row["always"] else _ENFORCEMENT[rule.level]
    retired = ["Retired: it finds nothing any more.", ""] if rule.metadata["custom"].get("deprecated") else []
    requirements = ", ".join(f"[{one}](../TRACEABILITY.md#{one.lower()})" for one in rule.requirements)
    lines = [
        f'<a id="{rule.anchor}"></a>',
        "",
        f"## {rule.id}: {row['title']}",
        "",
        *retired,
        rule.metadata["description"].strip(),
        "",
        f"- Level: {rule.level} ({enforcement})",
        f"- Severity: {row['severity']}",
        f"- Requirements: {requirements or 'none'}",
    ]
    if row["remediation"]:
        lines += [f"- To fix: {row['remediation']}"]
    for resource in rule.metadata["related_resources"]:
        lines += [f"- Reference: [{resource.get('description', resource['ref'])}]({resource['ref']})"]
    for kind, title in KINDS.items():
        shown = next((example for example in rule.examples if example.kind == kind), None)
        if shown:
            lines += ["", *_shown(title, shown)]
    return lines


def _shown(title: str, example: Example) -> list[str]:
    verdict = "allowed" if example.allowed else "denied"
    reported = "".join(f", {outcome} of {one}" for one, outcome in sorted(example.rules.items()))
    return [
        f"<details><summary>{title}: {escape(example.description, quote=False)}</summary>",
        "",
        f"[`{Path(example.path).name}`](../{example.path}): {verdict}{reported}",
        "",
        "```json",
        folded(example.input),
        "```",
        "",
        "</details>",
    ]


if __name__ == "__main__":
    sys.exit(main(generate))
