"""Table of the ml.* instance families with local storage, from botocore's instance types and moto's EC2 snapshot."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from botocore.model import StringShape
from botocore.session import Session
from moto.utilities.utils import load_resource

from sealgate.generate import hand_table
from sealgate.generate.outputs import GenerationError, as_json, main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OUTPUT = "policies/sealgate/data/instance_storage/data.json"
SNAPSHOT = "ec2/resources/instance_types.json"


def generate(_root: Path) -> dict[str, bytes]:
    """Return the instance_storage table (JSON); GenerationError where a family is mixed or not known to anyone."""
    return {OUTPUT: as_json({"families": families(instance_types(), load_resource(SNAPSHOT))})}


def instance_types() -> set[str]:
    """Return every ml.* instance type that SageMaker's model names."""
    model = Session().get_service_model("sagemaker")
    shapes = (model.shape_for(name) for name in model.shape_names if name.endswith("InstanceType"))
    return {
        value for shape in shapes if isinstance(shape, StringShape) for value in shape.enum if value.startswith("ml.")
    }


def families(types: set[str], snapshot: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str | int]]:
    """Return each family's storage (`instance` or `ebs`), the number of its types and the source, from EC2's facts."""
    stored: dict[str, set[bool]] = defaultdict(set)
    for name, facts in snapshot.items():
        stored[family_of(name)].add(facts["InstanceStorageSupported"])
    hand = hand_table("instance_storage.yaml")
    counts = Counter(map(family_of, types))
    if unknown := counts.keys() - stored.keys() - hand["added"].keys() - hand["unknown"].keys():
        raise GenerationError(
            f"instance_storage.yaml: no line for {', '.join(sorted(unknown))}, which EC2 does not know"
        )
    if needless := hand["added"].keys() & stored.keys() or hand["added"].keys() - counts.keys():
        raise GenerationError(f"instance_storage.yaml: needless lines for {', '.join(sorted(needless))}")
    if mixed := [family for family in sorted(counts) if len(stored[family]) > 1]:
        raise GenerationError(f"families with and without local storage, so no table of families: {', '.join(mixed)}")
    known = {
        family: {"storage": "instance" if True in stored[family] else "ebs", "source": "EC2 DescribeInstanceTypes"}
        for family in counts
        if stored[family]
    }
    added = {
        family: {"storage": line["storage"], "source": f"by hand: {line['reason']}"}
        for family, line in hand["added"].items()
    }
    return {family: {**line, "types": counts[family]} for family, line in (known | added).items()}


def family_of(instance_type: str) -> str:
    """Return the family of an instance type, with or without its ml. prefix: g5 of ml.g5.xlarge."""
    return instance_type.removeprefix("ml.").partition(".")[0]


if __name__ == "__main__":
    sys.exit(main(generate))
