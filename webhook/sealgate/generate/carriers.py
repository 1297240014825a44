"""Rows of the operations table in the spelling of what carries a request: a Terraform resource, a Kubernetes object."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.model import ListShape, Shape, StructureShape

from sealgate.generate.operations import KEY_FORMS, OPERATIONS, forms_by_pattern, plain, service_model
from sealgate.generate.outputs import GenerationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

# The name of a member, the index of the one element of a block, "?" for that where the block is a list and for nothing
# where it is an object, or "*" for every element of a list.
Step: TypeAlias = str | int
Row: TypeAlias = dict[str, Any]

# As many "?" as policies/sealgate/inputs/kubernetes_object/asked finds out.
MOST_BLOCKS = 6

# As many "*" as policies/sealgate/lib/member follows in a path.
MOST_LISTS = 4

# What a key of the operations table says that is no place.
_FACTS = ("use", "forms", "documented", "sources", "local_storage")

# What rules read of an operation besides what every row has.
LABELING_ALGORITHM = {
    "sagemaker:CreateLabelingJob": ("LabelingJobAlgorithmsConfig", "LabelingJobAlgorithmSpecificationArn")
}


@dataclass(frozen=True)
class Spelling:
    """How a carrier writes the members of a request.

    `word` spells one member; `block` is the step from the name of a structure to what stands in it, where there is one
    (the blocks of a plan are lists of one); `tags` is what every carrier calls the tags, where it does not spell them.
    """

    word: Callable[[str], str]
    block: Step | None = None
    tags: str | None = None
    # Where the members stand.
    root: Sequence[Step] = ()
    # What stands beside a spelt member to say where its value is: the names of the members that hold references.
    references: Callable[[str], Sequence[str]] | None = None


@dataclass(frozen=True)
class Carrier:
    """A line of a hand-kept table: what carries the requests of an operation, and where it differs from the request.

    `keys` names every key member of the operation that the carrier has; `not_there` the parts of the request that it
    lacks, each with the reason; `attributes` how it calls the last step of a path where the spelling does not tell:
    several steps with dots between them, none where the parts of a structure stand in the one around it.
    """

    operation: str
    keys: Sequence[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    not_there: Mapping[str, str] = field(default_factory=dict)
    # The members of keys and roles beside which a reference may stand, with that member's name.
    references: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    tags: str | None = None


def operations_table(root: Path) -> dict[str, Row]:
    """Return the rows of the operations table, by operation."""
    table: dict[str, Row] = json.loads((root / OPERATIONS).read_bytes())
    return table


class Translation:
    """Translates one operation's row into a carrier's spelling; collects what does not fit in `problems`."""

    def __init__(self, title: str, carrier: Carrier, row: Row, spelling: Spelling) -> None:
        self._title = title
        self._carrier = carrier
        self._row = row
        self._spelling = spelling
        self._members = {".".join(path) for path in _paths(row)}
        self.problems: list[str] = []

    def row(self) -> Row:
        """Return the row, in the form of the operations table, with `member` in each key."""
        self._check()
        row = {
            "service": self._row["service"],
            "operation": self._row["operation"],
            "system": self._row["system"],
            "name": self._single(self._row["name"], self._carrier.name),
            "role": self._all(self._row["role"]),
            "tags": self._single(self._row["tags"], self._carrier.tags, self._spelling.tags),
            "json_strings": [],
            "keys": [self._key(key) for key in self._row["keys"] if self._is_there(key["path"])],
            "instance_types": [{"path": path} for path in self._all(_inner(self._row["instance_types"]))],
            "s3": [uri | {"path": self.path(uri["path"])} for uri in self._row["s3"] if self._is_there(uri["path"])],
            "models": self._all(self._row["models"]),
        }
        algorithm = LABELING_ALGORITHM.get(f"{self._row['service']}:{self._row['operation']}")
        if algorithm:
            row["labeling_algorithm"] = self.path(algorithm)
        references = [
            [*self.path(role)[:-1], name]
            for role in self._row["role"]
            if self._is_there(role)
            for name in self._references(role)
        ]
        return row | ({"role_references": references} if references else {})

    def lacking(self) -> list[list[Step]]:
        """Return where the keys of the operation would stand that the carrier does not have."""
        return [self.path(key["path"]) for key in self._row["keys"] if not self._is_there(key["path"])]

    def path(self, path: Sequence[str], *, is_structure: bool = False) -> list[Step]:
        """Return a path in the carrier's spelling; `is_structure` where a structure stands at its end."""
        spelt: list[Step] = [*self._spelling.root]
        for depth, step in enumerate(path):
            if step == "*":
                spelt.append(step)
                continue
            name = self._carrier.attributes.get(".".join(path[: depth + 1]), self._spelling.word(step))
            if not name:
                continue
            spelt.extend(steps(name))
            is_last = depth == len(path) - 1
            if self._spelling.block is not None and (is_structure if is_last else path[depth + 1] != "*"):
                spelt.append(self._spelling.block)
        if spelt.count("?") > MOST_BLOCKS:
            self.problems.append(f"{self._title}: {'.'.join(path)} leads through more than {MOST_BLOCKS} blocks")
        if spelt.count("*") > MOST_LISTS:
            self.problems.append(f"{self._title}: {'.'.join(path)} leads through more than {MOST_LISTS} lists")
        return spelt

    def _key(self, key: Row) -> Row:
        translated = key | {"path": self.path(key["path"]), "member": ".".join(key["path"])}
        if "within" in key:
            translated["within"] = self.path(key["within"], is_structure=True)
        if "instance_types" in key:
            translated["instance_types"] = self._all(key["instance_types"])
            translated["serverless"] = self._all(key["serverless"], is_structure=True)
        references = self._references(key["path"])
        return translated | ({"references": references} if references else {})

    def _all(self, paths: Sequence[Sequence[str]], *, is_structure: bool = False) -> list[list[Step]]:
        return [self.path(path, is_structure=is_structure) for path in paths if self._is_there(path)]

    def _single(self, path: Sequence[str] | None, named: str | None, usual: str | None = None) -> list[Step] | None:
        if named is not None:
            return steps(named) if named else None
        if not path or not self._is_there(path):
            return None
        return [*self._spelling.root, usual] if usual else self.path(path)

    def _references(self, path: Sequence[str]) -> list[str]:
        dotted = ".".join(path)
        if dotted in self._carrier.references:
            return [self._carrier.references[dotted]]
        return list(self._spelling.references(str(self.path(path)[-1]))) if self._spelling.references else []

    def _is_there(self, path: Sequence[str]) -> bool:
        dotted = ".".join(path)
        return not any(_is_within(dotted, part) for part in self._carrier.not_there)

    def _check(self) -> None:
        said = {*self._carrier.attributes, *self._carrier.not_there, *self._carrier.references}
        for part in sorted(said):
            if not any(_is_within(member, part) for member in self._members):
                self.problems.append(f"{self._title}: {self._carrier.operation} has no member {part}")
        for part in sorted(said):
            if part in self._carrier.not_there and not self._carrier.not_there[part]:
                self.problems.append(f"{self._title}: not_there gives no reason for {part}")
        keys = {".".join(key["path"]) for key in self._row["keys"] if self._is_there(key["path"])}
        for key in sorted(keys - set(self._carrier.keys)):
            self.problems.append(
                f"{self._title}: {self._carrier.operation} has the key {key}: name it in keys, or in not_there with "
                "the reason"
            )
        for key in sorted(set(self._carrier.keys) - keys):
            self.problems.append(f"{self._title}: {self._carrier.operation} has no key {key}, or not_there holds it")


@dataclass(frozen=True)
class KeyByHand:
    """A key of a row by hand: where it stands, and what the API calls it.

    `operation` where another operation than the row's takes it; what it is used for and what forms it takes are read
    from the operations table, where that has the member.
    """

    path: str
    member: str
    operation: str = ""
    use: str = ""
    says: str = ""
    forms: Sequence[str] = ()
    documented: Sequence[str] = ()
    within: str = ""
    references: Sequence[str] = ()


@dataclass(frozen=True)
class RowByHand:
    """A line of a hand-kept table: a carrier whose form is not that of the request, each path as it stands there."""

    operation: str
    keys: Sequence[Mapping[str, Any]]
    name: str = ""
    tags: str = ""
    role: Sequence[str] = ()

    def row(self, title: str, operations: Mapping[str, Row]) -> Row:
        """Return the row; raises GenerationError where the API no longer has or says what the line says."""
        service, _, operation = self.operation.partition(":")
        return {
            "service": service,
            "operation": operation,
            "system": operations.get(self.operation, {"system": "other"})["system"],
            "name": steps(self.name) if self.name else None,
            "role": [steps(role) for role in self.role],
            "tags": steps(self.tags) if self.tags else None,
            "json_strings": [],
            "keys": [self._key(title, operations, KeyByHand(**key)) for key in self.keys],
            "instance_types": [],
            "s3": [],
            "models": [],
        }

    def _key(self, title: str, operations: Mapping[str, Row], key: KeyByHand) -> Row:
        operation = key.operation or self.operation
        places: Row = {"path": steps(key.path)} | ({"within": steps(key.within)} if key.within else {})
        if key.references:
            places["references"] = list(key.references)
        for listed in operations.get(operation, {"keys": []})["keys"]:
            if ".".join(listed["path"]) == key.member:
                said = {name: fact for name, fact in listed.items() if name in _FACTS}
                return {**said, **places, "member": key.member}
        return {**self._facts(title, operation, key), **places, "member": key.member}

    @staticmethod
    def _facts(title: str, operation: str, key: KeyByHand) -> Row:
        service, _, name = operation.partition(":")
        shape: Shape = service_model(service).operation_model(name).input_shape or Shape("nothing", {})
        for step in key.member.split("."):
            if step == "*" and isinstance(shape, ListShape):
                shape = shape.member
            elif isinstance(shape, StructureShape) and step in shape.members:
                shape = shape.members[step]
            else:
                raise GenerationError(f"{title}: {operation} has no member {key.member}")
        if key.says not in plain(shape.documentation):
            raise GenerationError(f"{title}: the text of {key.member} no longer says: {key.says}")
        if not key.use:
            raise GenerationError(f"{title}: say what {key.member} is used for, as in operations.yaml")
        forms = list(key.forms or forms_by_pattern(str(shape.metadata.get("pattern", ""))) or KEY_FORMS)
        return {
            "use": key.use,
            "forms": forms,
            "documented": list(key.documented or forms),
            "sources": {"forms": f"{key.says} ({service} {key.member})"} if key.says else {},
        }


def words(member: str) -> list[str]:
    """Return the words of a member's name: S3KmsKeyId is S3, Kms, Key, Id; AutoMLJob Auto, ML, Job."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", member).split()


def steps(path: str) -> list[Step]:
    """Return the steps of a path as the hand-kept tables write it: `a.0.b` leads to b in the one element of a."""
    return [int(step) if step.isdigit() else step for step in path.split(".")]


def _is_within(path: str, part: str) -> bool:
    return path == part or path.startswith(f"{part}.")


def _inner(rows: Sequence[Row]) -> list[list[str]]:
    return [row["path"] for row in rows]


def _paths(row: Row) -> Iterator[Sequence[str]]:
    yield from (path for path in (row["name"], row["tags"]) if path)
    yield from row["role"]
    yield from row["models"]
    for part in ("keys", "instance_types", "s3"):
        yield from _inner(row[part])
    for key in row["keys"]:
        yield from key.get("serverless", [])
        yield from [key["within"]] if "within" in key else []
    yield from LABELING_ALGORITHM.get(f"{row['service']}:{row['operation']}", ())
