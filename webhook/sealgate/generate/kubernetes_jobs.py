"""Write the table of Kubernetes kinds that make a request with a KMS key: where its members stand in an object."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sealgate.generate import hand_table, terraform_jobs
from sealgate.generate.carriers import Carrier, Row, RowByHand, Spelling, Translation, operations_table, words
from sealgate.generate.outputs import GenerationError, folded, main
from sealgate.generate.terraform_jobs import snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KUBERNETES_JOBS = "policies/sealgate/data/kubernetes_jobs/data.json"
HAND_TABLE = "kubernetes_jobs.yaml"
LINE_WIDTH = 140

# Both families of Crossplane's provider, cluster-scoped and namespaced.
CROSSPLANE_GROUPS = ("aws.upbound.io", "aws.m.upbound.io")

# What a controller of ACK writes in capitals.
ACRONYMS = frozenset({"arn", "efs", "gb", "id", "ids", "jwt", "kms", "mb", "uri", "url", "vpc"})


def lower_camel_case(member: str) -> str:
    """Return a member with its first word in small letters: KmsKeyId is kmsKeyId, VpcConfig vpcConfig."""
    first, *others = words(member)
    return first.lower() + "".join(others)


def ack_case(member: str) -> str:
    """Return a member as ACK writes it, acronyms in capitals but for the first word: KmsKeyId is kmsKeyID."""
    first, *others = words(member)
    return first.lower() + "".join(word.upper() if word.lower() in ACRONYMS else word for word in others)


def crossplane_case(member: str) -> str:
    """Return a member, or an attribute of Terraform, as Crossplane writes it: S3KmsKeyId is s3KmsKeyId."""
    first, *others = snake_case(member).split("_")
    return first + "".join(word.capitalize() for word in others)


def crossplane_references(member: str) -> list[str]:
    """Return the members that lead to a value instead of it: kmsKeyIdRef and kmsKeyIdSelector for kmsKeyId."""
    return [f"{member}Ref", f"{member}Selector"]


ACK = Spelling(ack_case, root=("spec",))
OPERATOR = Spelling(lower_camel_case, root=("spec",))
# A block is a list of one in older versions, and an object in newer ones.
CROSSPLANE = Spelling(
    crossplane_case, block="?", tags="tags", root=("spec", "forProvider"), references=crossplane_references
)


class Table:
    """The rows by `<group>/<Kind>`, and what is wrong with the hand-kept tables."""

    def __init__(self, root: Path) -> None:
        self._operations = operations_table(root)
        self.rows: dict[str, Row] = {}
        self.problems: list[str] = []

    def translate(self, kind: str, carrier: Carrier, spelling: Spelling) -> None:
        """Add the row of a kind whose members are those of the request, in another spelling."""
        title = f"{HAND_TABLE}: {kind}"
        if carrier.operation not in self._operations:
            self.problems.append(f"{title}: {carrier.operation} is not in the operations table")
            return
        translation = Translation(title, carrier, self._operations[carrier.operation], spelling)
        self.rows[kind] = translation.row()
        # An API server drops what the kind does not have, and nobody notices.
        if dropped := translation.lacking():
            self.rows[kind]["dropped"] = dropped
        self.problems += translation.problems

    def add(self, kind: str, line: RowByHand) -> None:
        """Add the row of a kind of another form."""
        self.rows[kind] = line.row(f"{HAND_TABLE}: {kind}", self._operations)

    def translate_crossplane(self, service: str, kind: str, resource: str, resources: Mapping[str, Any]) -> None:
        """Add the rows of a kind that Crossplane makes of a Terraform resource, in both families."""
        if resource not in resources:
            self.problems.append(f"{HAND_TABLE}: {kind} of {service}: {resource} is not in {terraform_jobs.HAND_TABLE}")
            return
        of_terraform = Carrier(**resources[resource])
        carrier = replace(
            of_terraform,
            attributes={part: crossplane_case(name) for part, name in of_terraform.attributes.items()},
            name="metadata.name",
            tags=None if of_terraform.tags is None else "",
        )
        for group in CROSSPLANE_GROUPS:
            self.translate(f"{service}.{group}/{kind}", carrier, CROSSPLANE)


def rows(root: Path) -> dict[str, Row]:
    """Return the rows by `<group>/<Kind>`; raises GenerationError with every line that fits no operation."""
    table = Table(root)
    hand = hand_table(HAND_TABLE)
    for part, spelling in {"ack": ACK, "operator": OPERATOR}.items():
        for group, kind, line in _kinds(hand[part]):
            table.translate(f"{group}/{kind}", Carrier(**line), spelling)
    resources = hand_table(terraform_jobs.HAND_TABLE)["resources"]
    for service, kind, resource in _kinds(hand["crossplane"]):
        table.translate_crossplane(service, kind, resource, resources)
    for group, kind, line in _kinds(hand["by_hand"]):
        table.add(f"{group}/{kind}", RowByHand(**line))
    for service, kind, line in _kinds(hand["crossplane_by_hand"]):
        for group in CROSSPLANE_GROUPS:
            table.add(f"{service}.{group}/{kind}", RowByHand(**line))
    if table.problems:
        raise GenerationError("\n".join(table.problems))
    return table.rows


def _kinds(part: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    """Yield the group, the kind and the line of each kind of a part of the hand-kept table."""
    for group, kinds in part.items():
        for kind, line in kinds.items():
            yield group, kind, line


def generate(root: Path) -> dict[str, bytes]:
    """Return the kubernetes_jobs table (JSON)."""
    return {KUBERNETES_JOBS: (folded(dict(sorted(rows(root).items())), LINE_WIDTH) + "\n").encode()}


if __name__ == "__main__":
    sys.exit(main(generate))
