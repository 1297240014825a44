"""Write what the Helm chart takes from elsewhere: the kinds to guard, the settings' schema, its README's table."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import yaml

from sealgate.generate.outputs import GenerationError, folded, main

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

CHART = "charts/sealgate"
VALUES = f"{CHART}/values.yaml"
VALUES_SCHEMA = f"{CHART}/values.schema.json"
README = f"{CHART}/README.md"
GUARDED = f"{CHART}/files/guarded.json"
SETTINGS_SCHEMA = "schemas/settings.json"
# Tables whose keys are kinds, as <group>/<Kind>.
TABLES = "policies/sealgate/data/kubernetes_*/data.json"

_TABLE = re.compile(r"(<!-- values -->\n).*?(<!-- /values -->\n)", re.DOTALL)
_SETTINGS = "#/definitions/settings"
_DESCRIPTION = "# -- "
_LINE_WIDTH = 120


def generate(root: Path) -> dict[str, bytes]:
    """Return the generated files; GenerationError where a value is described nowhere."""
    schema = values_schema(root)
    page = (root / README).read_text(encoding="utf-8")
    if not _TABLE.search(page):
        raise GenerationError(f"{README}: the values' table stands between <!-- values --> and <!-- /values -->")
    table = "\n".join(values_table((root / VALUES).read_text(encoding="utf-8"), schema))
    return {
        GUARDED: (folded(guarded(root), _LINE_WIDTH) + "\n").encode(),
        VALUES_SCHEMA: (folded(schema, _LINE_WIDTH) + "\n").encode(),
        README: _TABLE.sub(lambda parts: f"{parts[1]}{table}\n{parts[2]}", page).encode(),
    }


def guarded(root: Path) -> list[dict[str, list[str]]]:
    """Return the kinds that the tables know, as rules of a webhook: groups with the same resources share one."""
    resources: dict[str, set[str]] = defaultdict(set)
    for table in sorted(root.glob(TABLES)):
        for kind in json.loads(table.read_text(encoding="utf-8")):
            group, _, name = kind.partition("/")
            resources[group].add(plural(name))
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for group in sorted(resources):
        groups[tuple(sorted(resources[group]))].append(group)
    return [{"apiGroups": names, "resources": list(found)} for found, names in groups.items()]


def plural(kind: str) -> str:
    """Return the resource of a kind, as the generators of ACK, Crossplane and the operators name it."""
    name = kind.lower()
    if re.search(r"[^aeiou]y$", name):
        return name[:-1] + "ies"
    return name + ("es" if re.search(r"(s|x|z|ch|sh)$", name) else "s")


def values_schema(root: Path) -> dict[str, Any]:
    """Return the schema of the values, with what schemas/settings.json says of the settings today."""
    schema: dict[str, Any] = json.loads((root / VALUES_SCHEMA).read_text(encoding="utf-8"))
    settings = json.loads((root / SETTINGS_SCHEMA).read_text(encoding="utf-8"))
    # Older releases of Helm know no later draft, in which a part may have an address of its own.
    moved = json.loads(json.dumps(settings).replace('"#/$defs/', f'"{_SETTINGS}/$defs/'))
    schema["definitions"]["settings"] = {
        name: member for name, member in moved.items() if name not in {"$schema", "title"}
    }
    return schema


def values_table(text: str, schema: Mapping[str, Any]) -> list[str]:
    """Return the lines of the table of values.yaml: each value with what it may be, its default and its description."""
    lines = ["| value | | default | |", "| --- | --- | --- | --- |"]
    for path, default, description in described(text):
        shown = json.dumps(default)
        cells = [f"`{'.'.join(path)}`", _type(_at(schema, path), schema), f"`{shown}`", description]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines


def described(text: str) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    """Yield the path, the default and the description of each value, in the order of the file.

    A value's description is the comment above it, from `# -- ` on. What has none is a section, and its members are
    values. GenerationError where a value has none.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise GenerationError(f"{VALUES} is no mapping")
    yield from _described(root, (), text.splitlines())


def _described(
    node: yaml.MappingNode, above: tuple[str, ...], lines: list[str]
) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for key, value in node.value:
        path = (*above, key.value)
        if comment := _comment(lines, key.start_mark.line):
            yield path, yaml.SafeLoader("").construct_document(value), comment
        elif isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            yield from _described(value, path, lines)
        else:
            where = f"{VALUES}:{key.start_mark.line + 1}"
            raise GenerationError(f"{where}: {'.'.join(path)} has no description (`# -- ...`)")


def _comment(lines: list[str], line: int) -> str:
    above: list[str] = []
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
        above.insert(0, lines[line].strip())
        if above[0].startswith(_DESCRIPTION):
            return " ".join([above[0].removeprefix(_DESCRIPTION), *(more.lstrip("# ") for more in above[1:])])
    return ""


def _at(schema: Mapping[str, Any], path: Iterable[str]) -> Mapping[str, Any]:
    part = schema
    for name in path:
        try:
            part = _resolved(part["properties"][name], schema)
        except KeyError:
            raise GenerationError(f"{VALUES_SCHEMA}: {'.'.join(path)} of values.yaml is not in it") from None
    return part


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        part = schema["definitions"][part["$ref"].rpartition("/")[2]]
    return part


def _type(part: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{word}`" if word else "empty" for word in part["enum"])
    if "oneOf" in part:
        return " or ".join(_type(_resolved(one, schema), schema) for one in part["oneOf"])
    if "const" in part:
        return "empty"
    return str(part["type"])


if __name__ == "__main__":
    sys.exit(main(generate))
