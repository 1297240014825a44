"""Write the table of Terraform resources that make a request with a KMS key: where its members stand in a plan."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from sealgate.generate import hand_table
from sealgate.generate.carriers import Carrier, Row, RowByHand, Spelling, Translation, operations_table, words
from sealgate.generate.outputs import GenerationError, folded, main

if TYPE_CHECKING:
    from pathlib import Path

TERRAFORM_JOBS = "policies/sealgate/data/terraform_jobs/data.json"
HAND_TABLE = "terraform_jobs.yaml"
LINE_WIDTH = 140


def snake_case(member: str) -> str:
    """Return a member as hashicorp/aws writes it: VolumeKmsKeyId is volume_kms_key_id, AutoMLJob auto_ml_job."""
    return "_".join(words(member)).lower()


def snake_case_with_digits(member: str) -> str:
    """Return a member as hashicorp/awscc writes it: like snake_case, with digits as words: Ec2Type is ec_2_type."""
    name = "_".join(words(member[:1].upper() + member[1:]))
    return re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", "_", name).lower()


# The blocks of hashicorp/aws are lists of one in a plan; hashicorp/awscc has nested attributes, which are objects. The
# tags of the provider itself are in tags_all alone.
SPELLINGS = {
    "aws": Spelling(snake_case, block=0, tags="tags_all"),
    "awscc": Spelling(snake_case_with_digits),
}


def rows(root: Path) -> dict[str, Row]:
    """Return the rows by resource type; raises GenerationError with every line that fits no operation."""
    operations = operations_table(root)
    hand = hand_table(HAND_TABLE)
    table: dict[str, Row] = {}
    problems = []
    for resource, line in hand["resources"].items():
        carrier = Carrier(**line)
        title = f"{HAND_TABLE}: {resource}"
        if carrier.operation not in operations:
            problems.append(f"{title}: {carrier.operation} is not in the operations table")
            continue
        spelling = SPELLINGS[resource.partition("_")[0]]
        translation = Translation(title, carrier, operations[carrier.operation], spelling)
        table[resource] = translation.row()
        problems += translation.problems
    for resource, line in hand["neighbours"].items():
        table[resource] = RowByHand(**line).row(f"{HAND_TABLE}: {resource}", operations)
    if problems:
        raise GenerationError("\n".join(problems))
    return table


def generate(root: Path) -> dict[str, bytes]:
    """Return the terraform_jobs table (JSON)."""
    return {TERRAFORM_JOBS: (folded(dict(sorted(rows(root).items())), LINE_WIDTH) + "\n").encode()}


if __name__ == "__main__":
    sys.exit(main(generate))
