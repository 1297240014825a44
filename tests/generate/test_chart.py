from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from sealgate.generate import chart
from sealgate.generate.outputs import ROOT, GenerationError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "properties": {
        "mode": {"enum": ["", "a", "b"]},
        "count": {"oneOf": [{"type": "null"}, {"type": "integer"}, {"const": ""}]},
        "part": {"type": "object", "properties": {"labels": {"$ref": "#/definitions/labels"}}},
    },
    "definitions": {"labels": {"type": "object"}, "settings": {}},
}
VALUES = """\
# The values.

# -- Which of
# the two | modes.
mode: a
# -- How many.
count: null
# What belongs together.
part:
  # -- Labels.
  labels: {a: "1"}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a small chart."""
    for path, content in {
        chart.VALUES: VALUES,
        chart.VALUES_SCHEMA: json.dumps(SCHEMA),
        chart.README: "# Chart\n\n<!-- values -->\nold\n<!-- /values -->\n\nEnd.\n",
        chart.SETTINGS_SCHEMA: json.dumps(
            {
                "$schema": "x",
                "title": "y",
                "properties": {"a": {"$ref": "#/$defs/a"}},
                "$defs": {"a": {"type": "string"}},
            }
        ),
        "policies/sealgate/data/kubernetes_jobs/data.json": '{"a.io/Job": {}, "b.io/Policy": {}, "b.io/Job": {}}',
        "policies/sealgate/data/kubernetes_facts/data.json": '{"c.io/Job": {}, "c.io/Policy": {}}',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    return tmp_path


def test_the_table_stands_in_the_readme_and_the_rest_stays(root: Path) -> None:
    page = chart.generate(root)[chart.README].decode()
    assert page == (
        "# Chart\n\n<!-- values -->\n"
        "| value | | default | |\n"
        "| --- | --- | --- | --- |\n"
        '| `mode` | empty, `a`, `b` | `"a"` | Which of the two \\| modes. |\n'
        "| `count` | null or integer or empty | `null` | How many. |\n"
        '| `part.labels` | object | `{"a": "1"}` | Labels. |\n'
        "<!-- /values -->\n\nEnd.\n"
    )


def test_groups_with_the_same_resources_share_a_rule_whatever_table_they_are_in(root: Path) -> None:
    assert json.loads(chart.generate(root)[chart.GUARDED]) == [
        {"apiGroups": ["a.io"], "resources": ["jobs"]},
        {"apiGroups": ["b.io", "c.io"], "resources": ["jobs", "policies"]},
    ]


def test_the_settings_schema_is_moved_into_that_of_the_values(root: Path) -> None:
    schema = json.loads(chart.generate(root)[chart.VALUES_SCHEMA])
    assert schema["definitions"]["settings"] == {
        "properties": {"a": {"$ref": "#/definitions/settings/$defs/a"}},
        "$defs": {"a": {"type": "string"}},
    }
    assert schema["properties"] == SCHEMA["properties"]


def test_a_value_without_a_description_is_named(root: Path) -> None:
    (root / chart.VALUES).write_text(VALUES.replace("# -- How many.\n", "# How many.\n"))
    with pytest.raises(GenerationError, match=r"values.yaml:7: count has no description"):
        chart.generate(root)


def test_a_value_that_the_schema_does_not_have_is_named(root: Path) -> None:
    (root / chart.VALUES).write_text(VALUES + "# -- More.\nmore: 1\n")
    with pytest.raises(GenerationError, match=r"values.schema.json: more of values.yaml is not in it"):
        chart.generate(root)


def test_values_that_are_no_mapping_are_refused(root: Path) -> None:
    (root / chart.VALUES).write_text("[]")
    with pytest.raises(GenerationError, match="is no mapping"):
        chart.generate(root)


def test_a_readme_without_a_place_for_the_table_is_refused(root: Path) -> None:
    (root / chart.README).write_text("# Chart\n")
    with pytest.raises(GenerationError, match="<!-- values -->"):
        chart.generate(root)


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("TrainingJob", "trainingjobs"),
        ("Policy", "policies"),
        ("Key", "keys"),
        ("Alias", "aliases"),
        ("Harness", "harnesses"),
        ("Sandbox", "sandboxes"),
        ("Batch", "batches"),
    ],
)
def test_kinds_have_the_plural_that_their_generators_give_them(kind: str, resource: str) -> None:
    assert chart.plural(kind) == resource


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    for path in (chart.CHART, "schemas", "policies/sealgate/data"):
        shutil.copytree(ROOT / path, tmp_path / path)
    for path, content in chart.generate(tmp_path).items():
        (tmp_path / path).write_bytes(content)
    assert all((tmp_path / path).read_bytes() == content for path, content in chart.generate(tmp_path).items())
