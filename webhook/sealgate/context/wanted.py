"""What of AWS a subject names, and so what is worth asking about: by the tables of operations, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sealgate import resources
from sealgate.reading import documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

KEY_ARN: Final = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):kms:(?P<region>[a-z]+(?:-[a-z]+)*-[0-9]+):(?P<account>[0-9]{12}):"
    r"(?P<resource>key/[A-Za-z0-9-]{1,64}|alias/[A-Za-z0-9/_-]{1,250})"
)
PRINCIPAL_ARN: Final = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):(?P<service>iam|sts)::(?P<account>[0-9]{12}):"
    r"(?P<kind>role|user|assumed-role)/(?P<path>[A-Za-z0-9_+=,.@/-]*/)?(?P<name>[A-Za-z0-9_+=,.@-]{1,64})"
)
MODEL_ARN: Final = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):(?P<service>sagemaker|bedrock):(?P<region>[a-z]+(?:-[a-z]+)*-[0-9]+):"
    r"(?P<account>[0-9]{12}):(?P<kind>model-package|custom-model|imported-model)/(?P<name>[A-Za-z0-9._:/-]{1,200})"
)
JOB_ARN: Final = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):sagemaker:(?P<region>[a-z]+(?:-[a-z]+)*-[0-9]+):(?P<account>[0-9]{12}):"
    r"job/(?P<category>[A-Za-z0-9]{1,64})/(?P<name>[A-Za-z0-9-]{1,63})"
)
_REGION = re.compile(r"[a-z]+(?:-[a-z]+)*-[0-9]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_KEY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")
_ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")
_S3_URI = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<key>.*))?", re.DOTALL)
# A directory bucket has neither of the answers that are wanted, and one of another form is no bucket.
_DIRECTORY_BUCKET = "--x-s3"
_INPUT_PACKAGE = ("ModelPackageConfig", "InputModelPackageArn")
_REGIONS: Final = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


@dataclass
class Wanted:
    """The ARNs and names that are worth asking about.

    `region` and `account` are those of the job, where they are known. `aliases` are ARNs; those that are predefined for
    AWS managed keys are never among them, since DescribeKey would create the key.
    """

    region: str | None = None
    account: str | None = None
    partition: str = "aws"
    keys: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    principals: set[str] = field(default_factory=set)
    buckets: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    model_packages: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)

    @property
    def home(self) -> str:
        """Return the Region to ask where nothing names one: the job's, or one of its partition."""
        return self.region or _REGIONS.get(self.partition, "us-east-1")

    def add_key(self, name: object) -> None:
        """Want the key that a request names: by ARN, by id, by alias or by the alias's ARN."""
        if not isinstance(name, str):
            return
        if _KEY_ID.fullmatch(name):
            name = self._own(f"key/{name}")
        elif _ALIAS.fullmatch(name):
            name = self._own(name)
        if name is None or (arn := KEY_ARN.fullmatch(name)) is None:
            return
        if arn["resource"].startswith("key/"):
            self.keys.add(name)
        elif not arn["resource"].startswith("alias/aws/"):
            self.aliases.add(name)

    def add_principal(self, arn: object) -> None:
        """Want the policies of a role or user."""
        if isinstance(arn, str) and (match := PRINCIPAL_ARN.fullmatch(arn)) and match["service"] == "iam":
            self.principals.add(arn)

    def add_location(self, uri: object, *, is_input: bool) -> None:
        """Want the bucket of an S3 URI, and the object that an input names."""
        match = _S3_URI.fullmatch(uri) if isinstance(uri, str) else None
        if match is None or match["bucket"].endswith(_DIRECTORY_BUCKET):
            return
        self.buckets.add(match["bucket"])
        if is_input and match["key"] and not match["key"].endswith("/"):
            self.objects.add(match[0])

    def add_model(self, arn: object) -> None:
        """Want the key of a model, or the job that made a model package."""
        match = MODEL_ARN.fullmatch(arn) if isinstance(arn, str) else None
        if match is not None and isinstance(arn, str):
            (self.model_packages if match["kind"] == "model-package" else self.models).add(arn)

    def _own(self, resource: str) -> str | None:
        """Return the ARN of something of the job's own account and Region."""
        if self.region is None or self.account is None:
            return None
        return f"arn:{self.partition}:kms:{self.region}:{self.account}:{resource}"


def of(
    subject: Mapping[str, Any], known: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]] | None = None
) -> Wanted:
    """Return what a subject names, with what is known beside it: its Region and account, its caller and invokers.

    `known` is a context. `tables` are the policies' own, by name.
    """
    tables = resources.tables() if tables is None else tables
    jobs = list(_jobs(subject, tables))
    roles = [value for row, content in jobs for value in _all_at(content, row["role"])]
    wanted = Wanted(region=_text(known, "region", _REGION))
    arns = [match for role in roles if isinstance(role, str) and (match := PRINCIPAL_ARN.fullmatch(role))]
    wanted.account = _text(known, "account", _ACCOUNT) or next((arn["account"] for arn in arns), None)
    wanted.partition = _partition(known, [arn["partition"] for arn in arns], wanted.region)
    for row, content in jobs:
        _add_job(wanted, row, content)
    _add_others(wanted, subject, known)
    return wanted


def _add_job(wanted: Wanted, row: Mapping[str, Any], content: object) -> None:
    for value in _all_at(content, row["role"]):
        wanted.add_principal(value)
    for value in _all_at(content, [key["path"] for key in row["keys"]]):
        wanted.add_key(value)
    for location in row["s3"]:
        for value in _at(content, location["path"]):
            wanted.add_location(value, is_input=location["use"] == "input")
    packages = [(*path, *_INPUT_PACKAGE) for path in row["json_strings"]]
    for value in _all_at(content, [*row["models"], *packages]):
        wanted.add_model(value)


def _add_others(wanted: Wanted, subject: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Want what no row tells of: who invokes the model, and the key of a grant that is requested."""
    invokers = known.get("invoking_principals")
    for principal in invokers if isinstance(invokers, list) else ():
        wanted.add_principal(principal)
    wanted.add_principal(known.get("agent_runtime_role"))
    request = subject.get("aws_request")
    if isinstance(request, dict) and (request.get("service"), request.get("operation")) == ("kms", "CreateGrant"):
        parameters = request.get("parameters")
        wanted.add_key(parameters.get("KeyId") if isinstance(parameters, dict) else None)


def _jobs(
    subject: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], object]]:
    """Yield the row of each job that a subject starts, and what the paths of the row are read from."""
    request, plan, asked = (subject.get(name) for name in ("aws_request", "terraform_plan", "kubernetes_object"))
    if isinstance(request, dict):
        row = tables["operations"].get(f"{request.get('service')}:{request.get('operation')}")
        if row is not None:
            yield row, _parsed(subject, request.get("parameters"))
    if isinstance(plan, dict):
        for change in _list(plan.get("resource_changes")):
            if isinstance(change, dict) and (row := tables["terraform_jobs"].get(str(change.get("type")))):
                yield row, _member(change.get("change"), "after")
    if isinstance(asked, dict):
        kubernetes = asked.get("object")
        group = str(_member(kubernetes, "apiVersion")).partition("/")[0]
        if row := tables["kubernetes_jobs"].get(f"{group}/{_member(kubernetes, 'kind')}"):
            yield row, kubernetes


def _parsed(subject: Mapping[str, Any], parameters: object) -> object:
    """Return the parameters with what stands in each JSON string instead of the string."""
    if not isinstance(parameters, dict):
        return parameters
    content = dict(parameters)
    for place, entry in documents.parsed(subject).items():
        _, _, _, *steps = place.split("/")
        if len(steps) == 1:
            content[steps[0]] = entry.get("value", entry.get("partial"))
    return content


def _all_at(value: object, paths: Iterable[Sequence[str | int]]) -> Iterator[object]:
    for path in paths:
        yield from _at(value, path)


def _at(value: object, path: Sequence[str | int]) -> Iterator[object]:
    """Yield the values at a path of a row: `*` is every member or element, `?` the elements of what may be a list."""
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step == "?":
        for element in value if isinstance(value, list) else [value]:
            yield from _at(element, rest)
    elif step == "*" and isinstance(value, dict | list):
        for element in value.values() if isinstance(value, dict) else value:
            yield from _at(element, rest)
    elif (isinstance(value, dict) and step in value) or (
        isinstance(value, list) and isinstance(step, int) and step < len(value)
    ):
        yield from _at(value[step], rest)  # type: ignore[index]  # the two kinds of index go with the two kinds of value


def _partition(known: Mapping[str, Any], of_roles: Iterable[str], region: str | None) -> str:
    if isinstance(given := known.get("partition"), str):
        return given
    for partition in of_roles:
        return partition
    if region is not None and region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws-cn" if region is not None and region.startswith("cn-") else "aws"


def _text(known: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str | None:
    value = known.get(name)
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
