"""A context or an input without the names of whose it is: each is replaced by another one, everywhere by the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLES = ("111122223333", "444455556666")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z-])[0-9]{12}(?![0-9A-Za-z-])")
_KEY_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=mrk-)[0-9a-f]{32}")
_UNIQUE_ID = re.compile(r"\b(?P<kind>AROA|AIDA|AGPA|ANPA|AKIA|ASIA|AIPA)[A-Z0-9]{12,124}\b")
_GRANT_ID = re.compile(r"\b[0-9a-f]{64}\b")
# What stands in a path after the kind of resource, up to a wildcard or the end.
_ARN = re.compile(
    r"arn:[a-z-]+:(?P<service>iam|sts|kms|sagemaker|bedrock|bedrock-agentcore|lambda|s3):[a-z0-9-]*:(?P<owner>[0-9]*|aws):"
    r"(?P<resource>[^\s\"',]+)"
)
_S3_URI = re.compile(r"s3://(?P<path>[^\s\"',]+)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+=.@-]*")
# Words of AWS's own ARNs, which say what a thing is and not whose.
_KINDS = frozenset(
    {
        "AgentRFT",
        "AgentRFTEvaluation",
        "DataQualityEvaluation",
        "DataTransformation",
        "SyntheticDataGeneration",
        "alias",
        "assumed-role",
        "aws",
        "aws-reserved",
        "aws-service-role",
        "custom-model",
        "function",
        "group",
        "hub-content",
        "imported-model",
        "job",
        "key",
        "labeling-job",
        "mlflow-app",
        "mlflow-tracking-server",
        "model-package",
        "model-package-group",
        "policy",
        "processing-job",
        "provisioned-model",
        "role",
        "root",
        "runtime",
        "service-role",
        "training-job",
        "transform-job",
        "user",
    }
)


def masked(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return a JSON value with other account ids, key ids, and names of principals, aliases, buckets, jobs and models.

    Equal names stay equal, so that the decision on an input stays what it is. Regions, services, and what belongs to
    AWS stay as they are.
    """
    texts = list(_texts(value))
    names: dict[str, str] = {}
    for text in texts:
        _learn(text, names)
    if not names:
        return value
    every = re.compile(
        "|".join(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" for name in sorted(names, key=len, reverse=True))
    )
    return _replaced(value, lambda text: every.sub(lambda match: names[match[0]], text))


def _learn(text: str, names: dict[str, str]) -> None:
    for found in _ACCOUNT.findall(text):
        _name(names, found, lambda n: _EXAMPLES[n] if n < len(_EXAMPLES) else f"{n:012d}", "account")
    for found in _KEY_ID.findall(text):
        shape = "0000{n:04d}-0000-4000-8000-000000000000" if "-" in found else "{n:032d}"
        _name(names, found, lambda n, shape=shape: shape.format(n=n + 1), "id")
    for match in _UNIQUE_ID.finditer(text):
        _name(names, match[0], lambda n, kind=match["kind"]: f"{kind}{n + 1:017d}", "unique")
    for found in _GRANT_ID.findall(text):
        _name(names, found, lambda n: f"{n + 1:064d}", "grant")
    for match in _ARN.finditer(text):
        if match["owner"] != "aws" and not match["resource"].startswith("alias/aws/"):
            _learn_path(match["resource"], names, whole=match["service"] == "s3")
    for match in _S3_URI.finditer(text):
        _learn_path(match["path"], names, whole=True)


def _learn_path(path: str, names: dict[str, str], *, whole: bool) -> None:
    """Learn the names in a path; those of the first step only where it is no kind of resource."""
    steps = re.split(r"[/:]", path)
    for index, step in enumerate(steps):
        if (index == 0 and not whole) or step in _KINDS or step in names or not _NAME.fullmatch(step):
            continue
        if step.isdigit() or step.startswith("mrk-") or _KEY_ID.fullmatch(step):
            continue
        _name(names, step, lambda n: f"name-{n + 1}", "name")


def _name(names: dict[str, str], found: str, make: Any, kind: str) -> None:  # noqa: ANN401 a function of a number
    if found not in names:
        taken = sum(1 for name in names if _kind_of(name) == kind)
        names[found] = make(taken)


def _kind_of(name: str) -> str:
    for kind, pattern in (("account", _ACCOUNT), ("id", _KEY_ID), ("unique", _UNIQUE_ID), ("grant", _GRANT_ID)):
        if pattern.fullmatch(name):
            return kind
    return "name"


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 any JSON value
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _replaced(value: Any, replace: Any) -> Any:  # noqa: ANN401 any JSON value, and a function of a text
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, dict):
        return {replace(name): _replaced(member, replace) for name, member in value.items()}
    if isinstance(value, list):
        return [_replaced(member, replace) for member in value]
    return value
