"""Tables of every SageMaker and Bedrock operation that names a KMS key, from botocore's service models."""

from __future__ import annotations

import html
import json
import re
import sys
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, cast

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StringShape, StructureShape
from botocore.session import Session

from sealgate.generate import hand_table
from sealgate.generate.outputs import GenerationError, main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SERVICES = (
    "sagemaker",
    "bedrock",
    "bedrock-agent",
    "bedrock-runtime",
    "bedrock-agentcore-control",
    "bedrock-data-automation",
)
API_OPERATIONS = "policies/sealgate/data/api_operations/data.json"
OPERATIONS = "policies/sealgate/data/operations/data.json"
KEY_KINDS = "policies/sealgate/data/key_kinds/data.json"
REQUEST_MEMBERS = "webhook/sealgate/reading/request_members.json"
LINE_WIDTH = 140

# One of each form that KMS calls a key identifier; a pattern is asked which of them it accepts.
KEY_FORMS = {
    "key_id": "1234abcd-12ab-34cd-56ef-1234567890ab",
    "key_arn": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "alias": "alias/ExampleAlias",
    "alias_arn": "arn:aws:kms:us-west-2:111122223333:alias/ExampleAlias",
}
MULTI_REGION_KEY_ARN = "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
NO_KEY = "not-a-key"

SUSPECT_NAME = re.compile(r"kms|encrypt|cmk|keyid|keyarn", re.IGNORECASE)
SUSPECT_TEXT = re.compile(r"\bKMS\b")
ROLE_NAME = re.compile(r"[rR]ole(A(rn|RN))?$")
S3_PATTERN = re.compile(r"\(?(https\|)?s3\)?://")
OUTPUT_PART = re.compile(r"output|destination", re.IGNORECASE)
SETTING_PART = re.compile(r"encryption|security", re.IGNORECASE)
NAME_TAILS = ("name", "id", "identifier", "arn")

MemberPath: TypeAlias = tuple[str, ...]


class KeyRow(TypedDict, total=False):
    """A KMS key member: `instance_types`, `serverless` and `local_storage` stand on the keys of volumes only.

    `within` is the part of the request that is there only where what the key encrypts is made at all.
    """

    path: list[str]
    within: list[str]
    use: str
    forms: list[str]
    documented: list[str]
    instance_types: list[list[str]]
    serverless: list[list[str]]
    local_storage: str
    sources: dict[str, str]


class OperationRow(TypedDict):
    """An operation: paths are lists of member names from the root of the parameters, "*" for every element."""

    service: str
    operation: str
    system: str
    name: list[str] | None
    role: list[list[str]]
    tags: list[str] | None
    json_strings: list[list[str]]
    keys: list[KeyRow]
    instance_types: list[dict[str, list[str]]]
    s3: list[dict[str, Any]]
    models: list[list[str]]


@dataclass(frozen=True)
class Member:
    """A member of a request, or an element of one that is a list or a map (whose owner and name it bears)."""

    service: str
    path: MemberPath
    owner: str
    name: str
    shape: Shape

    @property
    def id(self) -> str:
        """The structure and the member, as the hand-kept tables call it."""
        return f"{self.owner}.{self.name}"

    @property
    def title(self) -> str:
        """The service, the structure and the member."""
        return f"{self.service} {self.id}"

    @property
    def text(self) -> str:
        """The member's documentation without markup."""
        return plain(self.shape.documentation)

    @property
    def pattern(self) -> str:
        """The regular expression that the service states for the value; empty where it states none."""
        return str(self.shape.metadata.get("pattern", ""))


@dataclass(frozen=True)
class LocalStorage:
    """What becomes of a volume key on an instance type with local storage: `refused` or `ineffective`."""

    effect: str
    says: str
    page: str = ""


@dataclass(frozen=True)
class KeyLine:
    """A line of `keys` in operations.yaml."""

    use: str
    forms: Sequence[str] = ()
    documented: Sequence[str] = ()
    says: str = ""
    page: str = ""
    local_storage: LocalStorage | None = None
    governs: bool = True
    within: str = ""

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> KeyLine:
        """Return the line as it stands in the YAML file; raises TypeError on a word it does not know."""
        storage = line.get("local_storage")
        return cls(**{**line, "local_storage": LocalStorage(**storage) if storage else None})


@dataclass(frozen=True)
class KindLine:
    """A line of key_kinds.yaml."""

    requires: dict[str, str]
    says: str
    page: str = ""
    model: str = ""
    all: bool = False
    uses: Sequence[str] = ()
    members: Sequence[str] = ()
    keys: Sequence[str] = ()
    requirements: Sequence[str] = ()

    @property
    def targets(self) -> set[str]:
        """What the line is about: uses, members, keys; nothing where it is about all."""
        return {*self.uses, *self.members, *self.keys}

    def about(self, key: set[str]) -> bool:
        """Whether the line is about a key, of which its use, its member and its operation with path are given."""
        return self.all or not self.targets.isdisjoint(key)


class HandLines:
    """The lines of one hand-kept table by service; knows which of them were never asked for."""

    def __init__(self, name: str, lines: Mapping[str, Mapping[str, Any]]) -> None:
        self._name = name
        self._lines = lines
        self._unused = {(service, line) for service in lines for line in lines[service]}

    def get(self, member: Member, default: Any = None) -> Any:  # noqa: ANN401 (each table has its own lines)
        """Return the line of the member, by structure and name or by name alone; `default` without one."""
        lines = self._lines.get(member.service, {})
        for line in (member.id, member.name):
            if line in lines:
                self._unused.discard((member.service, line))
                return lines[line]
        return default

    def names(self, member: Member) -> bool:
        """Whether the table has a line for the member."""
        return self.get(member, self) is not self

    @property
    def stale(self) -> list[str]:
        """The lines that no member of the service models answers to."""
        return [f"{self._name}: {service} {line} is in no request any more" for service, line in sorted(self._unused)]


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return Session().get_service_model(service)


def request_members(service: str, shape: StructureShape) -> Iterator[Member]:
    """Yield every member of a request, depth first; a shape inside itself is not entered again."""
    for name, member in shape.members.items():
        yield from _descend(Member(service, (name,), shape.name, name, member), frozenset({shape.name}))


def _descend(member: Member, within: frozenset[str]) -> Iterator[Member]:
    yield member
    shape = member.shape
    if shape.name in within:
        return
    within |= {shape.name}
    if isinstance(shape, StructureShape):
        for name, inner in shape.members.items():
            yield from _descend(Member(member.service, (*member.path, name), shape.name, name, inner), within)
    elif isinstance(shape, ListShape | MapShape):
        element = shape.member if isinstance(shape, ListShape) else shape.value
        yield from _descend(replace(member, path=(*member.path, "*"), shape=element), within)


class Tables:
    """The operations, key_kinds and request_members tables, from the service models and the hand-kept tables."""

    def __init__(self) -> None:
        hand = hand_table("operations.yaml")
        self._keys = HandLines("keys", hand["keys"])
        self._excluded = HandLines("excluded", hand["excluded"])
        self._other_roles = HandLines("other_roles", hand["other_roles"])
        self._other_instance_types = HandLines("other_instance_types", hand["other_instance_types"])
        self._serverless = HandLines("serverless", hand["serverless"])
        self._s3 = HandLines("s3", hand["s3"])
        self._operations: dict[str, Any] = hand["operations"]
        self._systems = {
            operation: system for system, operations in hand["systems"].items() for operation in operations
        }
        self._names: dict[str, str | None] = hand["names"]
        self._tags: dict[str, str] = hand["tags"]
        self._kind_lines = [KindLine(**line) for line in hand_table("key_kinds.yaml")]
        self._kinds_of_nothing = {target for line in self._kind_lines for target in line.targets}
        self._problems: set[str] = set()
        self.rows: dict[str, OperationRow] = {}
        self.key_kinds: dict[str, dict[str, dict[str, Any]]] = {}
        self.request_members: dict[str, dict[str, list[str]]] = {}

    def read(self) -> None:
        """Fill the tables; raises GenerationError with every point on which models and hand-kept tables disagree."""
        for service in SERVICES:
            model = service_model(service)
            for name in model.operation_names:
                self._read_operation(service, model.operation_model(name))
        for lines in (
            self._keys,
            self._excluded,
            self._other_roles,
            self._other_instance_types,
            self._serverless,
            self._s3,
        ):
            self._problems.update(lines.stale)
        listed = self._systems.keys() | self._operations.keys() | self._names.keys() | self._tags.keys()
        self._problems.update(
            f"operations.yaml: {operation} is in no service model" for operation in listed - self.rows.keys()
        )
        self._problems.update(f"key_kinds.yaml: no key is {target}" for target in self._kinds_of_nothing)
        if self._problems:
            raise GenerationError("\n".join(sorted(self._problems)))

    def _read_operation(self, service: str, model: OperationModel) -> None:
        request = model.input_shape
        if request is None:
            return
        members = sorted(request_members(service, request), key=lambda member: member.path)
        keys = [member for member in members if self._is_key(member)]
        operation = f"{service}:{model.name}"
        extra = self._operations.get(operation, {})
        if not keys and not extra:
            return

        named = [(member, KeyLine.read(self._keys.get(member))) for member in keys]
        for dotted, line in extra.get("keys", {}).items():
            path = _path(dotted)
            named.append((Member(service, path, "", path[-1], Shape("String", {"type": "string"})), KeyLine.read(line)))
        types = [member.path for member in members if self._is_instance_type(member)]
        serverless = [member.path for member in members if self._serverless.names(member)]
        s3 = {member.path: use for member in members if (use := self._s3_use(member))}
        s3 |= {_path(dotted): use for dotted, use in extra.get("s3", {}).items()}

        self.rows[operation] = {
            "service": service,
            "operation": model.name,
            "system": self._systems.get(operation, "other"),
            "name": self._name(operation, model.name, request),
            "role": [list(member.path) for member in members if self._is_role(member)],
            "tags": self._tags_path(operation, request),
            "json_strings": [list(_path(dotted)) for dotted in extra.get("json_strings", [])],
            "keys": [self._key_row(request, member, line, types, serverless) for member, line in named],
            "instance_types": [{"path": list(path)} for path in types],
            "s3": [{"path": list(path), "use": use} for path, use in sorted(s3.items())],
            "models": [list(_path(dotted)) for dotted in extra.get("models", [])],
        }
        if named:
            self.key_kinds[operation] = {
                ".".join(member.path): self._kinds(operation, member, line.use) for member, line in named
            }
        self.request_members[operation] = {
            "members": sorted(request.members),
            "required": sorted(request.required_members),
        }

    def _is_key(self, member: Member) -> bool:
        if not isinstance(member.shape, StringShape):
            return False
        if not SUSPECT_NAME.search(f"{member.name} {member.shape.name}") and not SUSPECT_TEXT.search(member.text):
            return False
        if self._keys.names(member):
            return True
        if not self._excluded.names(member):
            self._problems.add(f"operations.yaml: no line for {member.title}, which looks like a KMS key")
        return False

    def _is_role(self, member: Member) -> bool:
        return (
            isinstance(member.shape, StringShape)
            and ROLE_NAME.search(member.name) is not None
            and member.shape.name.endswith("Arn")
            and member.path[-1] != "*"
            and not self._other_roles.names(member)
        )

    def _is_instance_type(self, member: Member) -> bool:
        shape = member.shape
        return (
            isinstance(shape, StringShape)
            and shape.name.endswith("InstanceType")
            and (not shape.enum or any(value.startswith("ml.") for value in shape.enum))
            and not self._other_instance_types.names(member)
        )

    def _s3_use(self, member: Member) -> str | None:
        if not isinstance(member.shape, StringShape) or not S3_PATTERN.match(member.pattern):
            return None
        says_output = any(OUTPUT_PART.search(part) for part in member.path)
        use: str | None = self._s3.get(member, "output" if says_output else "input")
        return use

    def _key_row(
        self,
        request: StructureShape,
        member: Member,
        line: KeyLine,
        types: list[MemberPath],
        serverless: list[MemberPath],
    ) -> KeyRow:
        by_pattern = forms_by_pattern(member.pattern)
        forms = list(line.forms or by_pattern or KEY_FORMS)
        documented = list(line.documented or forms)
        if not set(documented) <= set(forms) <= set(by_pattern or KEY_FORMS):
            self._problems.add(f"operations.yaml: {member.id} names a key form that the model's pattern refuses")
        sources = {}
        if line.says:
            sources["forms"] = self._source(member, line.says, line.page)
        elif by_pattern:
            sources["forms"] = f"pattern {member.pattern}"
        row: KeyRow = {
            "path": list(member.path),
            "use": line.use,
            "forms": forms,
            "documented": documented,
            "sources": sources,
        }
        within = (
            member.path[: member.path.index(line.within) + 1] if line.within else optional_part(request, member.path)
        )
        if within:
            row["within"] = list(within)
        if line.use == "volume":
            storage = line.local_storage
            row["instance_types"] = [list(path) for path in governed_types(member.path, types)] if line.governs else []
            row["serverless"] = [list(path) for path in serverless]
            row["local_storage"] = storage.effect if storage else "not_stated"
            if storage:
                sources["local_storage"] = self._source(member, storage.says, storage.page)
        return row

    def _source(self, member: Member, says: str, page: str = "") -> str:
        if page:
            return f"{says} ({page})"
        if says not in member.text:
            self._problems.add(f"the text of {member.title} no longer says: {says}")
        return f"{says} ({member.title})"

    def _name(self, operation: str, name: str, request: StructureShape) -> list[str] | None:
        if operation in self._names:
            named = self._names[operation]
            return [named] if named else None
        members = {
            member.lower(): member for member, shape in request.members.items() if isinstance(shape, StringShape)
        }
        for tail in NAME_TAILS:
            for resource in resource_names(name):
                if resource + tail in members:
                    return [members[resource + tail]]
        self._problems.add(f"operations.yaml: no line in names for {operation}")
        return None

    def _tags_path(self, operation: str, request: StructureShape) -> list[str] | None:
        tags = [member for member in request.members if member.lower().endswith("tags")]
        named = self._tags.get(operation, next((member for member in tags if member.lower() == "tags"), None))
        if tags and named not in tags:
            self._problems.add(f"operations.yaml: no line in tags for {operation}")
        return [named] if named else None

    def _kinds(self, operation: str, member: Member, use: str) -> dict[str, Any]:
        kinds: dict[str, str] = {}
        sources: dict[str, str] = {}
        requirements: set[str] = set()
        key = {use, member.title, f"{operation} {'.'.join(member.path)}"}
        self._kinds_of_nothing -= key
        for line in self._kind_lines:
            if line.about(key):
                kinds |= line.requires
                sources |= dict.fromkeys(line.requires, self._kind_source(line))
                requirements |= set(line.requirements)
        if "key_arn" in forms_by_pattern(member.pattern) and not re.fullmatch(member.pattern, MULTI_REGION_KEY_ARN):
            kinds["single_region"] = "required"
            sources["single_region"] = f"pattern {member.pattern}"
        return {**kinds, "requirements": sorted(requirements), "sources": sources}

    def _kind_source(self, line: KindLine) -> str:
        if line.page:
            return f"{line.says} ({line.page})"
        service, _, member_id = line.model.partition(" ")
        owner, _, name = member_id.partition(".")
        structure = cast("StructureShape", service_model(service).shape_for(owner))
        return self._source(Member(service, (), owner, name, structure.members[name]), line.says)


def forms_by_pattern(pattern: str) -> list[str]:
    """Return the key forms that a pattern accepts; none where it is missing or accepts what is no key at all."""
    if not pattern or re.fullmatch(pattern, NO_KEY):
        return []
    return [form for form, sample in KEY_FORMS.items() if re.fullmatch(pattern, sample)]


def governed_types(key: MemberPath, types: list[MemberPath]) -> list[MemberPath]:
    """Return the instance types that a key's volumes are attached to: those of the nearest structure with any."""
    for depth in range(len(key) - 1, -1, -1):
        inside = [path for path in types if path[:depth] == key[:depth]]
        if inside:
            return inside
    return []


def optional_part(request: StructureShape, key: MemberPath) -> MemberPath:
    """Return the path of the outermost optional structure around a key that requires other members; () without one.

    Such a structure asks for something (asynchronous inference, data capture): without it there is nothing to encrypt.
    An optional structure that requires nothing else, or that is about encryption itself, is a set of choices, which are
    made by leaving it out as well.
    """
    shape: Shape = request
    for depth, step in enumerate(key[:-1]):
        if isinstance(shape, ListShape):
            shape = shape.member
        elif isinstance(shape, MapShape):
            shape = shape.value
        elif isinstance(shape, StructureShape) and step in shape.members:
            is_optional = step not in shape.required_members
            shape = shape.members[step]
            required = shape.required_members if isinstance(shape, StructureShape) else []
            if is_optional and not SETTING_PART.search(step) and set(required) - {key[-1]}:
                return key[: depth + 1]
    return ()


def plain(documentation: str) -> str:
    """Return a documentation text without its markup, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", documentation)).split())


def resource_names(operation: str) -> list[str]:
    """Return what an operation may call its resource, longest first: automljob, mljob, job and nothing."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", re.sub(r"V\d+$", "", operation))[1:]
    return ["".join(words[start:]).lower() for start in range(len(words) + 1)]


def operations_of(service: str) -> list[str]:
    """Return the names of all operations of a service, with and without keys."""
    return sorted(service_model(service).operation_names)


def _path(dotted: str) -> MemberPath:
    return tuple(dotted.split("."))


def generate(_root: Path) -> dict[str, bytes]:
    """Return the operations, api_operations, key_kinds and request_members tables (JSON)."""
    tables = Tables()
    tables.read()
    return {
        API_OPERATIONS: _json({service: dict.fromkeys(operations_of(service), True) for service in (*SERVICES, "kms")}),
        OPERATIONS: _json(tables.rows),
        KEY_KINDS: _json(tables.key_kinds),
        REQUEST_MEMBERS: _json(tables.request_members),
    }


def _json(table: Mapping[str, object]) -> bytes:
    return (_render(dict(sorted(table.items())), 0) + "\n").encode()


def _render(value: object, indent: int) -> str:
    # What fits on one line stays on it: a path with one name a line would make the tables ten times as long.
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or (indent and indent + len(line) <= LINE_WIDTH):
        return line
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_render(part, indent + 2)}" for key, part in value.items()]
        return "{\n" + inner + f",\n{inner}".join(parts) + f"\n{outer}}}"
    parts = [_render(part, indent + 2) for part in value]
    return "[\n" + inner + f",\n{inner}".join(parts) + f"\n{outer}]"


if __name__ == "__main__":
    sys.exit(main(generate))
