from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading import plans

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLIC = Path(__file__).parents[3] / "shared/data/plans"
needs_public_plans = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public plans are not beside this repository")

TYPES = frozenset({"aws_kms_key", "aws_iam_policy_document", "aws_sagemaker_training_job"})

KEY: dict[str, Any] = {
    "address": "aws_kms_key.k",
    "mode": "managed",
    "type": "aws_kms_key",
    "name": "k",
    "provider_name": "registry.terraform.io/hashicorp/aws",
    "change": {
        "actions": ["create"],
        "before": None,
        "after": {"description": "ü"},
        "after_unknown": {"arn": True},
        "before_sensitive": False,
        "after_sensitive": {},
    },
}
OTHER: dict[str, Any] = {
    **KEY,
    "address": "aws_instance.i",
    "type": "aws_instance",
    "name": "i",
}
DOCUMENT: dict[str, Any] = {
    "address": "data.aws_iam_policy_document.d",
    "mode": "data",
    "type": "aws_iam_policy_document",
    "name": "d",
    "provider_name": "registry.terraform.io/hashicorp/aws",
    "schema_version": 0,
    "values": {"statement": []},
    "sensitive_values": {},
}
PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "variables": {"region": {"value": "us-west-2"}},
    "planned_values": {"root_module": {"resources": [OTHER]}},
    "resource_drift": [KEY],
    "resource_changes": [OTHER, {**KEY, "depends_on": []}],
    "output_changes": {},
    "prior_state": {
        "format_version": "1.0",
        "terraform_version": "1.9.0",
        "values": {
            "outputs": {},
            "root_module": {
                "resources": [DOCUMENT, {**KEY, "values": {}}],
                "child_modules": [{"address": "module.a", "resources": [{**DOCUMENT, "address": "module.a.x"}]}],
            },
        },
    },
    "configuration": {
        "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}}},
        "root_module": {
            "outputs": {"arn": {"expression": {"references": ["module.unused.arn", "module.unused"]}}},
            "variables": {"region": {"default": "us-west-2", "description": "where"}},
            "resources": [
                {**OTHER, "expressions": {"kms": {"references": ["module.irrelevant.arn", "module.irrelevant"]}}},
                {
                    "address": "aws_sagemaker_training_job.j",
                    "mode": "managed",
                    "type": "aws_sagemaker_training_job",
                    "name": "j",
                    "provider_config_key": "aws",
                    "expressions": {"output_data_config": [{"kms_key_id": {"references": ["module.keys[0].arn"]}}]},
                    "schema_version": 0,
                    "count_expression": {"constant_value": 2},
                    "depends_on": ["module.unused"],
                },
            ],
            "module_calls": {
                "keys": {
                    "source": "./keys",
                    "expressions": {"name": {"references": ["module.names.name", "module.names"]}},
                    "count_expression": {"constant_value": 1},
                    "module": {
                        "outputs": {
                            "arn": {
                                "expression": {"references": ["module.inner.arn", "module.inner"]},
                                "sensitive": True,
                            }
                        },
                        "variables": {"name": {}},
                        "module_calls": {
                            "inner": {"source": "x", "expressions": {}, "module": {"outputs": {"arn": {}}}},
                            "unused": {"source": "x", "expressions": {}, "module": {}},
                        },
                    },
                },
                "names": {"source": "./names", "expressions": {}, "module": {"outputs": {"name": {}}}},
                "unused": {"source": "./unused", "expressions": {}, "module": {"outputs": {"arn": {}}}},
                "irrelevant": {"source": "./x", "expressions": {}, "module": {"resources": [OTHER]}},
                "relevant": {
                    "source": "./y",
                    "expressions": {},
                    "module": {"module_calls": {"deep": {"module": {"resources": [KEY]}}}},
                },
            },
        },
    },
    "relevant_attributes": [],
    "checks": [],
    "timestamp": "2026-06-30T12:00:00Z",
    "applyable": True,
    "complete": False,
    "errored": False,
    "deferred_changes": [{"reason": "instance_count_unknown", "resource_change": KEY}],
}  # fmt: skip


def text_of(plan: Any) -> bytearray:
    return bytearray(json.dumps(plan, ensure_ascii=False).encode())


def cut(plan: Any) -> Any:
    return plans.read(text_of(plan), source="plan.json", types=TYPES)


def fault(plan: Any) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        plans.read(text_of(plan) if isinstance(plan, dict) else bytearray(plan), source="plan.json", types=TYPES)
    return str(caught.value)


def is_what_is_left_of(left: object, whole: object) -> bool:
    """Say whether one value is the other without some of its members and elements."""
    if isinstance(left, dict) and isinstance(whole, dict):
        return all(name in whole and is_what_is_left_of(left[name], whole[name]) for name in left)
    if isinstance(left, list) and isinstance(whole, list):
        rest = iter(whole)
        return all(any(is_what_is_left_of(element, other) for other in rest) for element in left)
    return type(left) is type(whole) and left == whole


def changed(plan: dict[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    """Return the plan with another value at a path."""
    copied = copy.deepcopy(plan)
    part: Any = copied
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return copied


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every part of a value, itself included."""
    yield path
    for step, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(part, (*path, step))


class TestTheCut:
    def test_keeps_what_the_rules_can_use(self) -> None:
        assert cut(PLAN) == {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "timestamp": "2026-06-30T12:00:00Z",
            "errored": False,
            "complete": False,
            "applyable": True,
            "variables": {"region": {"value": "us-west-2"}},
            "deferred_changes": [{"reason": "instance_count_unknown", "resource_change": {"address": "aws_kms_key.k"}}],
            "resource_changes": [KEY],
            "prior_state": {
                "values": {
                    "root_module": {
                        "resources": [without(DOCUMENT, "schema_version")],
                        "child_modules": [
                            {
                                "address": "module.a",
                                "resources": [without({**DOCUMENT, "address": "module.a.x"}, "schema_version")],
                            }
                        ],
                    }
                }
            },
            "configuration": {
                "provider_config": PLAN["configuration"]["provider_config"],
                "root_module": {
                    "variables": {"region": {"default": "us-west-2"}},
                    "outputs": PLAN["configuration"]["root_module"]["outputs"],
                    "resources": [
                        without(PLAN["configuration"]["root_module"]["resources"][1], "schema_version", "depends_on")
                    ],
                    "module_calls": {
                        "keys": {
                            "expressions": {"name": {"references": ["module.names.name", "module.names"]}},
                            "count_expression": {"constant_value": 1},
                            "module": {
                                "variables": {"name": {}},
                                "outputs": {
                                    "arn": {
                                        "expression": {"references": ["module.inner.arn", "module.inner"]},
                                        "sensitive": True,
                                    }
                                },
                                "module_calls": {"inner": {"expressions": {}, "module": {"outputs": {"arn": {}}}}},
                            },
                        },
                        "names": {"expressions": {}, "module": {"outputs": {"name": {}}}},
                        "relevant": {
                            "expressions": {},
                            "module": {
                                "module_calls": {
                                    "deep": {
                                        "module": {"resources": [without(KEY, "change", "provider_name")]},
                                    }
                                }
                            },
                        },
                    },
                },
            },
        }

    def test_removes_and_never_rewrites(self) -> None:
        assert is_what_is_left_of(cut(PLAN), PLAN)

    def test_of_a_cut_is_the_same_cut(self) -> None:
        assert cut(cut(PLAN)) == cut(PLAN)

    @needs_public_plans
    @pytest.mark.parametrize("name", sorted(path.name for path in PUBLIC.glob("*.json")))
    def test_of_public_plans_removes_and_never_rewrites(self, name: str) -> None:
        content = json.loads((PUBLIC / name).read_bytes())
        for plan in plans_in(content):
            left = cut(plan)
            assert is_what_is_left_of(left, plan)
            assert cut(left) == left
            relevant = [change for change in plan["resource_changes"] if change["type"] in TYPES]
            assert [change["address"] for change in left["resource_changes"]] == [one["address"] for one in relevant]
            assert [change["change"] for change in left["resource_changes"]] == [one["change"] for one in relevant]

    @needs_public_plans
    def test_tells_plans_from_files_that_only_hold_some(self) -> None:
        nested = {path.name for path in PUBLIC.glob("*.json") if plans.read(bytearray(path.read_bytes())) is None}
        assert nested == {
            "awssamples-cloudwatch-m-1.mock.json",
            "awssamples-sagemaker-m-1.mock.json",
            "scalr-enforce-kms-key-names.json",
        }

    def test_is_by_the_tables_of_the_policies(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            resources, "tables", lambda: {"terraform_jobs": {"aws_instance": {}}, "operations": {"aws_kms_key": {}}}
        )
        plans.relevant_types.cache_clear()
        try:
            plan = plans.read(text_of(PLAN))
        finally:
            plans.relevant_types.cache_clear()
        assert plan is not None
        assert plan["resource_changes"] == [OTHER]

    def test_of_a_plan_without_changes_has_none(self) -> None:
        assert cut({"format_version": "1.2", "planned_values": {}, "configuration": {"root_module": {}}}) == {
            "format_version": "1.2",
            "configuration": {"root_module": {}},
        }

    def test_takes_time_in_proportion_to_the_plan(self) -> None:
        modules = {str(number): {"module": {"resources": [OTHER]}} for number in range(200)}
        nested: dict[str, Any] = {"resources": [KEY]}
        for _ in range(60):
            nested = {"module_calls": {**modules, "next": {"expressions": {}, "module": nested}}}
        started = time.monotonic()
        left = cut({**PLAN, "configuration": {"root_module": nested}})
        assert time.monotonic() - started < 10
        assert len(json.dumps(left)) < 20_000


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: member for name, member in value.items() if name not in names}


def plans_in(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the plans that stand in a file at any depth."""
    if "resource_changes" in content:
        yield content
    else:
        for value in content.values():
            if isinstance(value, dict):
                yield from plans_in(value)


class TestAPlanThatIsRefused:
    @pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.17"])
    def test_is_not_one_of_a_known_format(self, version: str) -> None:
        assert cut({**PLAN, "format_version": version})["format_version"] == version

    @pytest.mark.parametrize("version", ["2.0", "0.3", "10.1", "1", "", "1.2.3", "1.²"])
    def test_has_an_unknown_format(self, version: str) -> None:
        assert fault({**PLAN, "format_version": version}) == (
            f'plan.json:1:20: /format_version is "{version}": '
            "this release of sealgate reads the formats 0.1, 0.2 and 1.x"
        )

    def test_is_not_one_that_was_trimmed(self) -> None:
        assert cut({"resource_changes": [KEY]}) == {"resource_changes": [KEY]}

    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            (("format_version",), 1.2, "/format_version is a number, not a string"),
            (("timestamp",), None, "/timestamp is null, not a string"),
            (("errored",), "no", "/errored is a string, not a boolean"),
            (("complete",), None, "/complete is null, not a boolean"),
            (("variables",), [], "/variables is a list, not an object"),
            (("deferred_changes",), {}, "/deferred_changes is an object, not a list"),
            (("deferred_changes", 0), "x", "/deferred_changes/0 is a string, not an object"),
            (("deferred_changes", 0, "resource_change"), [], "/deferred_changes/0/resource_change is a list, not an"),
            (("resource_changes",), None, "/resource_changes is null, not a list"),
            (("resource_changes",), {}, "/resource_changes is an object, not a list"),
            (("resource_changes", 0), None, "/resource_changes/0 is null, not an object"),
            (("resource_changes", 0, "type"), None, "/resource_changes/0 has no type"),
            (("resource_changes", 0, "type"), 7, "/resource_changes/0 has a type that is a number, not a string"),
            (("resource_changes", 1, "address"), 7, "/resource_changes/1 has no address"),
            (("resource_changes", 1, "mode"), "manged", "/resource_changes/1 has no mode that is known: managed or"),
            (("resource_changes", 1, "mode"), [], "/resource_changes/1 has no mode that is known: managed or data"),
            (("resource_changes", 1, "change"), None, "/resource_changes/1 has no change that is an object"),
            (("resource_changes", 1, "change", "actions"), "create", "/resource_changes/1 has no actions: a list of"),
            (("resource_changes", 1, "change", "actions"), [], "/resource_changes/1 has no actions: a list of strings"),
            (("resource_changes", 1, "change", "actions"), [None], "/resource_changes/1 has no actions: a list of"),
            (
                ("resource_changes", 1, "change", "after"), [],
                "/resource_changes/1 has a change whose after is a list, neither an object nor null",
            ),
            (
                ("resource_changes", 1, "change", "after"), None,
                "/resource_changes/1 is there after create, and its change has nothing in after",
            ),
            (("resource_changes", 1, "change", "before"), "x", "/resource_changes/1 has a change whose before is a"),
            (("resource_changes", 0), KEY, '/resource_changes/1 is "aws_kms_key.k", as is one before it'),
            (("prior_state",), [], "/prior_state is a list, not an object"),
            (("prior_state", "values"), None, "/prior_state/values is null, not an object"),
            (("prior_state", "values", "root_module"), 1, "/prior_state/values/root_module is a number, not an object"),
            (
                ("prior_state", "values", "root_module", "child_modules"), {},
                "/prior_state/values/root_module/child_modules is an object, not a list",
            ),
            (("configuration",), "x", "/configuration is a string, not an object"),
            (("configuration", "provider_config"), [], "/configuration/provider_config is a list, not an object"),
            (("configuration", "root_module"), None, "/configuration/root_module is null, not an object"),
            (
                ("configuration", "root_module", "variables"), {"x": 1},
                '/configuration/root_module/variables is no object of objects: "x" is a number',
            ),
            (
                ("configuration", "root_module", "module_calls", "keys"), None,
                "/configuration/root_module/module_calls/keys is null, not an object",
            ),
            (
                ("configuration", "root_module", "module_calls", "keys"), {},
                "/configuration/root_module/module_calls/keys is a call without its module",
            ),
            (
                ("configuration", "root_module", "module_calls", "keys", "expressions"), [],
                "/configuration/root_module/module_calls/keys/expressions is a list, not an object",
            ),
        ],
    )  # fmt: skip
    def test_has_another_shape(self, path: tuple[str | int, ...], value: Any, message: str) -> None:
        told = fault(changed(PLAN, *path, to=value))
        assert told.startswith("plan.json:1:")
        assert told.split(": ", 1)[1].startswith(message)

    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ('"errored": false', '"errored": true,\n"errored": false', "plan.json:1:"),
            ('"actions": ["create"]', '\n"actions": [], "actions": ["create"]', "plan.json:2:16: "),
            ('"root_module": {"outputs"', '\n\n "root_module": {}, "root_module": {"outputs"', "plan.json:3:2: "),
        ],
    )
    def test_has_a_duplicate_key_where_it_is_read(self, old: str, new: str, place: str) -> None:
        text = json.dumps({**PLAN, "planned_values": {}, "resource_drift": [], "resource_changes": [KEY]}).replace(
            old, new, 1
        )
        told = fault(text.encode())
        assert told.startswith(place)
        assert told.endswith(f"duplicate key {old.partition(':')[0]}")

    def test_has_its_modules_nested_too_deeply(self) -> None:
        module: dict[str, Any] = {}
        for _ in range(70):
            module = {"module_calls": {"a": {"module": module}}}
        assert fault({**PLAN, "configuration": {"root_module": module}}).endswith("is a module in more than 64 others")

    @pytest.mark.parametrize("opening", ["[", '{"a":', '{"module_calls": {"a": {"module": '])
    def test_is_nested_without_an_end(self, opening: str) -> None:
        text = '{"format_version": "1.2", "terraform_version": "1.9.0", "configuration": {"root_module": '
        assert "it is nested too deeply" in fault((text + opening * 100_000).encode())

    def test_names_its_source_when_it_is_a_value(self) -> None:
        assert plans.read_value(PLAN)["format_version"] == "1.2"
        with pytest.raises(UnreadableInputError, match=r"^/batch/1: /resource_changes is null, not a list$"):
            plans.read_value({**PLAN, "resource_changes": None}, source="/batch/1")


ANYTHING: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1.5, "", "x", [], [None], {}, {"a": {}}, [[{}]], ["create"], "1.2"]
)
PATHS = list(paths(PLAN))[1:]


@given(st.lists(st.tuples(st.sampled_from(PATHS), ANYTHING), min_size=1, max_size=3))
def test_any_value_anywhere_is_read_or_refused(changes: list[tuple[tuple[str | int, ...], Any]]) -> None:
    plan = PLAN
    for path, value in changes:
        try:
            plan = changed(plan, *path, to=copy.deepcopy(value))
        except (LookupError, TypeError):
            continue
    try:
        left = cut(plan)
    except UnreadableInputError as error:
        assert str(error).startswith("plan.json:")  # noqa: PT017 what it says is not the same for all
    else:
        assert is_what_is_left_of(left, plan)
        assert all(isinstance(change["change"]["actions"], list) for change in left["resource_changes"])


@given(st.data())
def test_a_plan_cut_off_anywhere_is_refused(data: st.DataObject) -> None:
    text = text_of(PLAN)
    end = data.draw(st.integers(100, len(text) - 1))
    with pytest.raises(UnreadableInputError):
        plans.read(text[:end])


def test_blanks_without_end_are_no_burden() -> None:
    started = time.monotonic()
    text = text_of(PLAN)
    assert plans.read(text[:1] + b" " * 200_000_000 + text[1:], types=TYPES) == cut(PLAN)
    assert time.monotonic() - started < 10
