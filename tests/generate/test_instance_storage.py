from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sealgate.generate import instance_storage
from sealgate.generate.instance_storage import OUTPUT, families, family_of, instance_types
from sealgate.generate.outputs import GenerationError, main

ROOT = Path(__file__).parents[2]
FAMILIES: dict[str, dict[str, Any]] = json.loads((ROOT / OUTPUT).read_bytes())["families"]

SNAPSHOT = {"m5.large": {"InstanceStorageSupported": False}, "g5.xlarge": {"InstanceStorageSupported": True}}
BY_HAND = {"ml.dl1.24xlarge", "ml.p6e-gb200.36xlarge", "ml.p2.xlarge", "ml.p3.2xlarge"}


def test_the_file_is_byte_for_byte_what_is_generated() -> None:
    assert instance_storage.generate(ROOT) == {OUTPUT: (ROOT / OUTPUT).read_bytes()}


def test_check_fails_where_the_file_is_stale(tmp_path: Path) -> None:
    assert main(instance_storage.generate, ["--check"], tmp_path) == 1
    assert main(instance_storage.generate, [], tmp_path) == 0
    assert main(instance_storage.generate, ["--check"], tmp_path) == 0


@pytest.mark.parametrize("family", ["g7", "g7e", "gr6", "i3en", "p6-b200", "p6-b300", "trn2"])
def test_families_that_other_tools_take_for_ebs_only_have_local_storage(family: str) -> None:
    assert FAMILIES[family]["storage"] == "instance"


@pytest.mark.parametrize(
    ("family", "storage"),
    [("p4d", "instance"), ("g4dn", "instance"), ("c5d", "instance"), ("m5", "ebs"), ("c7i-flex", "ebs"), ("p3", "ebs")],
)
def test_the_storage_of_a_family_is_that_of_its_ec2_types(family: str, storage: str) -> None:
    assert FAMILIES[family]["storage"] == storage


def test_families_kept_by_hand_say_so() -> None:
    by_hand = {family for family, line in FAMILIES.items() if line["source"].startswith("by hand: ")}
    assert by_hand == {"dl1", "p2", "p3", "p6e-gb200"}


def test_every_instance_type_of_sagemaker_is_of_a_family_in_the_table_or_known_to_be_unknown() -> None:
    types = instance_types()
    assert {name for name in types if family_of(name) not in FAMILIES} == {"ml.geospatial.interactive"}
    assert sum(line["types"] for line in FAMILIES.values()) == len(types) - 1


def test_a_family_with_both_kinds_of_types_is_refused() -> None:
    mixed = SNAPSHOT | {"g5.2xlarge": {"InstanceStorageSupported": False}}
    with pytest.raises(GenerationError, match=r"with and without local storage.*g5"):
        families({"ml.g5.xlarge", *BY_HAND}, mixed)


def test_a_family_that_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(GenerationError, match="no line for x9"):
        families({"ml.x9.large", *BY_HAND}, SNAPSHOT)


def test_a_family_that_ec2_has_come_to_know_is_not_kept_by_hand() -> None:
    with pytest.raises(GenerationError, match="needless lines for p3"):
        families({"ml.m5.large", *BY_HAND}, SNAPSHOT | {"p3.2xlarge": {"InstanceStorageSupported": False}})


def test_a_family_is_what_stands_before_the_size() -> None:
    assert families({"ml.m5.large", "ml.m5.xlarge", *BY_HAND}, SNAPSHOT)["m5"] == {
        "storage": "ebs",
        "source": "EC2 DescribeInstanceTypes",
        "types": 2,
    }
    assert family_of("ml.p6-b200.48xlarge") == family_of("p6-b200.48xlarge") == "p6-b200"
