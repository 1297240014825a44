"""Requests of the AWS API as they go over the wire: which operation one is, and with which parameters.

What decides is told by the client, who may want to be taken for somebody else. So a request of a guarded service passes
only as an operation that is known and not guarded; whatever two readers could take for different operations is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json
from sealgate.reading.words import folded, kind, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Protocol: TypeAlias = Literal["json", "rest-json"]

_SIGNED_WITH = re.compile(r"Credential=([^,\s]*)")
_SCOPES = (
    re.compile(r"[^/]+/[0-9]{8}/(?P<region>[A-Za-z0-9-]+)/(?P<service>[A-Za-z0-9_-]+)/aws4_request"),
    # SigV4a: for any Region that X-Amz-Region-Set names.
    re.compile(r"[^/]+/[0-9]{8}/(?P<service>[A-Za-z0-9_-]+)/aws4_request"),
)
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")

_SIGNATURE_PARAMETERS = frozenset(
    {
        "x-amz-algorithm",
        "x-amz-content-sha256",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)
_OTHER_METHOD = ("x-http-method", "x-http-method-override", "x-method-override")
HEADERS = (
    "authorization",
    "content-encoding",
    "content-type",
    "host",
    "smithy-protocol",
    "x-amz-target",
    "x-envoy-auth-partial-body",
    *_OTHER_METHOD,
)
"""The headers that are read, beside those that bind members. A gateway that passes on some of them passes on these."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_JSON = frozenset({"application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1"})
_UTF_8 = frozenset({"", "utf-8", "utf8"})
_PATH = re.compile(r"/[!$&-;=@A-Z_a-z~%\[\]]*")
_MAX_DECODINGS = 3


@dataclass(frozen=True, kw_only=True)
class WireRequest:
    """A request without its body.

    `path` is as it was sent, still encoded; `query` holds names and values, decoded. The names of `headers` are in
    lower case, and one that was sent several times has its values joined by commas.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class Recognised(NamedTuple):
    """What a request is: an operation of a service of the table, and the Region that it is sent to, if it says one.

    `labels` are the members that stand in the path.
    """

    service: str
    operation: str
    protocol: Protocol
    is_guarded: bool
    region: str | None
    labels: Mapping[str, str]

    @property
    def title(self) -> str:
        """The operation as IAM writes it, such as `sagemaker:CreateJob`."""
        return f"{self.service}:{self.operation}"


def split_target(target: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the path, as it was sent, and the query, decoded, of a request's target (`/path?query`).

    Raises UnreadableInputError for a target in another form.
    """
    path, _, query = target.partition("?")
    if not _PATH.fullmatch(path) or not query.isascii() or not query.isprintable() or "#" in query:
        raise UnreadableInputError(f"the path {quoted(target)} is not one that AWS's clients send")
    return path, parse_qsl(query, keep_blank_values=True)


def recognise(request: WireRequest) -> Recognised | None:
    """Return what a request is; None where it is for a service that the table does not know.

    Raises UnreadableInputError where it may be a guarded operation, but is not clearly one.
    """
    scope = _scope(request)
    addressed = _addressed(request.headers.get("host", ""))
    target = request.headers.get("x-amz-target")
    services = _services(request, scope, addressed, target)
    if services is None:
        return None
    _refuse_other_channels(request)
    region = scope.region if scope else None
    if addressed and region and region != addressed.region:
        message = f"the request is signed for {region} and addressed to a host of {addressed.region}"
        raise UnreadableInputError(message)
    region = region or (addressed.region if addressed else None)
    if target is not None:
        return _by_target(request, target, services, region)
    return _by_path(request, services, region)


def read(request: WireRequest, recognised: Recognised, body: bytes) -> dict[str, Any]:
    """Return the subject `{"aws_request": {"service", "operation", "parameters"}}` of a guarded operation.

    Raises UnreadableInputError for a body that is missing, cut off, compressed or not the JSON that the operation's
    protocol asks for, as strictly as `strict_json.loads`.
    """
    title = recognised.title
    if request.headers.get("x-envoy-auth-partial-body", "false").lower() != "false":
        raise UnreadableInputError(f"only a part of the body of {title} was shown: it is larger than the gateway shows")
    if (encoding := request.headers.get("content-encoding", "identity").strip().lower()) not in {"", "identity"}:
        raise UnreadableInputError(f"the body of {title} is encoded ({quoted(encoding)}): send it as it is")
    _refuse_other_types(request.headers.get("content-type"), title)
    if not body:
        raise UnreadableInputError(f"{title} came without its body, so nothing can be said of it")
    parameters = strict_json.loads(body, source=f"the body of {title}")
    if not isinstance(parameters, dict):
        raise UnreadableInputError(f"the body of {title} is {kind(parameters)}, not an object")
    for name, value in _bound(request, recognised):
        if name in parameters:
            raise UnreadableInputError(f"{quoted(name)} of {title} stands in the body, and in the path or a header")
        parameters[name] = value
    _refuse_other_spellings(title, parameters)
    return {"aws_request": {"service": recognised.service, "operation": recognised.operation, "parameters": parameters}}


def is_guarded(service: str, operation: str) -> bool | None:
    """Say whether an operation is guarded; None where it is none of a service of the table.

    Raises UnreadableInputError for an operation that a service of the table is not known to have.
    """
    row = _table().get(service)
    if row is None:
        return None
    described = row["operations"].get(operation)
    if described is None:
        raise UnreadableInputError(_unknown(f"{service}:{operation}"))
    return described if isinstance(described, bool) else bool(described.get("guarded"))


class _Scope(NamedTuple):
    service: str
    region: str | None


class _Addressed(NamedTuple):
    """What the name of a host of AWS says."""

    services: frozenset[str]
    region: str


class _Template(NamedTuple):
    service: str
    operation: str
    method: str
    segments: tuple[str, ...]
    is_guarded: bool


@cache
def _table() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("wire.json").read_bytes())
    return content


@cache
def _by_signing_name() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for service, row in _table().items():
        names.setdefault(row["signing_name"], set()).add(service)
    return {name: frozenset(services) for name, services in names.items()}


@cache
def _by_prefix() -> dict[str, str]:
    return {row["target_prefix"]: service for service, row in _table().items() if "target_prefix" in row}


@cache
def _by_endpoint() -> dict[str, frozenset[str]]:
    prefixes: dict[str, set[str]] = {}
    for service, row in _table().items():
        prefixes.setdefault(row["endpoint_prefix"], set()).add(service)
    return {prefix: frozenset(services) for prefix, services in prefixes.items()}


@cache
def _templates() -> dict[int, list[_Template]]:
    """Return the templates of all paths by their number of segments, which is that of their slashes."""
    found: dict[int, list[_Template]] = {}
    for service, row in _table().items():
        if row["protocol"] != "rest-json":
            continue
        for operation, described in row["operations"].items():
            segments = _segments(described["uri"])
            template = _Template(service, operation, described["method"], segments, bool(described.get("guarded")))
            found.setdefault(len(segments), []).append(template)
    for templates in found.values():
        # A path that is written out is meant before one with a place for anything.
        templates.sort(key=lambda template: sum(name.startswith("{") for name in template.segments))
    return found


def _segments(path: str) -> tuple[str, ...]:
    """Return the parts of a path. SDKs differ on a slash at the end of a path, and so it says nothing."""
    return tuple(path.removesuffix("/").split("/"))


def _scope(request: WireRequest) -> _Scope | None:
    """Return the service and Region that a request is signed for; None where it is not signed as AWS signs."""
    header = request.headers.get("authorization", "")
    credentials = [value for name, value in request.query if name.lower() == "x-amz-credential"]
    if "AWS4-" in header.upper():
        credentials += _SIGNED_WITH.findall(header) or [""]
    if not credentials:
        return None
    if len(credentials) > 1:
        raise UnreadableInputError("the request is signed twice: it can't be said for which service and Region")
    for form in _SCOPES:
        if match := form.fullmatch(credentials[0]):
            return _Scope(match["service"], match.groupdict().get("region"))
    raise UnreadableInputError("the credential of the request's signature is not written as AWS's clients write it")


def _addressed(host: str) -> _Addressed | None:
    """Return the services and the Region of a host such as `api.sagemaker.us-west-2.amazonaws.com`."""
    labels = host.lower().partition(":")[0].split(".")
    for place, label in enumerate(labels):
        if not _REGION.fullmatch(label):
            continue
        for start in (place - 2, place - 1):
            prefix = ".".join(labels[max(start, 0) : place]).replace("-fips", "", 1)
            if prefix in _by_endpoint():
                return _Addressed(_by_endpoint()[prefix], label)
    return None


def _services(
    request: WireRequest, scope: _Scope | None, addressed: _Addressed | None, target: str | None
) -> frozenset[str] | None:
    """Return the services that a request may be for; None where it is for one that the table does not know."""
    if scope is None:
        return addressed.services if addressed else _services_by_itself(request, target)
    services = _by_signing_name().get(scope.service)
    if services is None:
        if folded(scope.service) in {folded(name) for name in _by_signing_name()}:
            raise UnreadableInputError(f"the request is signed for {quoted(scope.service)}, which is no service")
        if addressed is not None:
            named = " or ".join(sorted(addressed.services))
            raise UnreadableInputError(f"the request is signed for {scope.service}, and addressed to a host of {named}")
        if target is not None and _names_a_known_service(target):
            raise UnreadableInputError(f"the request is signed for {scope.service}, and X-Amz-Target names another one")
        return None
    if addressed is not None and not services & addressed.services:
        named = " or ".join(sorted(addressed.services))
        raise UnreadableInputError(f"the request is signed for {scope.service}, and addressed to a host of {named}")
    return services & addressed.services if addressed is not None else services


def _services_by_itself(request: WireRequest, target: str | None) -> frozenset[str] | None:
    """Return the services that a request may be for that neither its signature nor its host tells."""
    if target is not None:
        prefix, _, _ = target.partition(".")
        if prefix in _by_prefix():
            return frozenset({_by_prefix()[prefix]})
        if _names_a_known_service(target):
            raise UnreadableInputError(f"X-Amz-Target {quoted(target)} is not written as AWS's clients write it")
    if target is None and any(_matching(request.method, request.path)):
        return frozenset(_table())
    if request.method in _READING and not any(name in request.headers for name in _OTHER_METHOD):
        return None
    spelled = _respelled(request.path)
    for template in _templates().get(len(spelled), ()):
        if template.is_guarded and _fits(tuple(segment.lower() for segment in template.segments), spelled):
            message = f"{request.method} {quoted(request.path)} is nearly {template.service}:{template.operation}"
            raise UnreadableInputError(f"{message}, and not written as AWS's clients write it")
    if any(_names_a_known_service(segment) for segment in spelled) and "operation" in spelled:
        raise UnreadableInputError(
            f"the path {quoted(request.path)} names a guarded service in a protocol that is not read"
        )
    return None


def _respelled(path: str) -> tuple[str, ...]:
    """Return the parts of a path as the most lenient reader would take them: decoded, in lower case, without dots."""
    for _ in range(_MAX_DECODINGS):
        path = unquote(path)
    parts: list[str] = []
    for part in re.split(r"[/\\]", path.lower()):
        name = part.partition(";")[0].strip()
        if name == "..":
            parts = parts[:-1]
        elif name not in {"", "."}:
            parts.append(name)
    return ("", *parts)


def _names_a_known_service(target: str) -> bool:
    """Say whether a text contains the prefix of a known service in any spelling, such as `com.amazonaws.SageMaker`."""
    known = {folded(prefix) for prefix in _by_prefix()}
    return any(folded(part) in known for part in re.split(r"[^A-Za-z0-9_-]+", target))


def _refuse_other_channels(request: WireRequest) -> None:
    """Refuse whatever else than its method, its target and its path could tell a service what to do."""
    for name in _OTHER_METHOD:
        if name in request.headers:
            raise UnreadableInputError(f"the header {name} would make another request of this one")
    if (protocol := request.headers.get("smithy-protocol")) is not None:
        raise UnreadableInputError(f"the protocol {quoted(protocol)} is not read here: use one that sends JSON")
    for name, _ in request.query:
        if folded(name) in {"action", "operation", "xamztarget"}:
            raise UnreadableInputError(f"the query names an operation ({quoted(name)}) beside the request's own")


def _by_target(request: WireRequest, target: str, services: Iterable[str], region: str | None) -> Recognised:
    """Return the operation that X-Amz-Target names."""
    if "," in target:
        raise UnreadableInputError("there are two X-Amz-Target headers: it can't be said which of them counts")
    prefix, _, operation = target.partition(".")
    service = _by_prefix().get(prefix)
    if service is None or service not in services:
        raise UnreadableInputError(f"X-Amz-Target {quoted(target)} is not of {_listed(services)}")
    title = f"{service}:{operation}"
    guarded = _table()[service]["operations"].get(operation)
    if guarded is None:
        raise UnreadableInputError(_unknown(title))
    if (request.method, request.path) != ("POST", "/"):
        message = f"X-Amz-Target names {title}, which is POST / and not {request.method} {quoted(request.path)}"
        raise UnreadableInputError(message)
    if others := [name for name, _ in request.query if name.lower() not in _SIGNATURE_PARAMETERS]:
        raise UnreadableInputError(f"{title} takes no query, and here is {quoted(others[0])}")
    if (content_type := request.headers.get("content-type")) is not None:
        _refuse_other_types(content_type, title)
    return Recognised(service, operation, "json", guarded, region, {})


def _by_path(request: WireRequest, services: frozenset[str], region: str | None) -> Recognised:
    """Return the operation of a method and a path."""
    found = [match for match in _matching(request.method, request.path) if match[0].service in services]
    if not found:
        message = f"{request.method} {quoted(request.path)} is no operation of {_listed(services)} that is known"
        if request.path == "/":
            message += ", and there is no X-Amz-Target"
        raise UnreadableInputError(f"{message}: a newer sealgate may know it")
    template, labels = found[0]
    title = f"{template.service}:{template.operation}"
    if len(found) > 1 and any(other.is_guarded for other, _ in found):
        raise UnreadableInputError(f"{request.method} {quoted(request.path)} is {title}, and others too")
    for value in labels.values():
        if {"", ".", ".."} & set(re.split(r"[/\\]", value)) or not value.isprintable() or "%" in value:
            raise UnreadableInputError(
                f"the path of {title} holds {quoted(value)}, which another reader may take apart"
            )
    for other, _ in _matching(request.method, "/".join(_respelled(request.path))):
        if other.is_guarded and other.service in services and other != template:
            message = f"the path of {title} reads as {other.service}:{other.operation} once it is decoded"
            raise UnreadableInputError(message)
    return Recognised(template.service, template.operation, "rest-json", template.is_guarded, region, labels)


def _matching(method: str, path: str) -> Iterator[tuple[_Template, dict[str, str]]]:
    """Yield the operations that a method and a path may be, with what stands in the path."""
    segments = _segments(path)
    for template in _templates().get(len(segments), ()):
        if template.method == method and _fits(template.segments, segments):
            yield (
                template,
                {
                    name[1:-1]: unquote(part)
                    for name, part in zip(template.segments, segments, strict=True)
                    if name.startswith("{")
                },
            )


def _fits(template: Sequence[str], segments: Sequence[str]) -> bool:
    return all(part if name.startswith("{") else name == part for name, part in zip(template, segments, strict=True))


def _bound(request: WireRequest, recognised: Recognised) -> Iterator[tuple[str, str]]:
    """Yield the members that stand outside of the body."""
    described = _table()[recognised.service]["operations"][recognised.operation]
    bindings = described.get("bindings", {}) if isinstance(described, dict) else {}
    query = dict(request.query)
    if len(query) != len(request.query):
        raise UnreadableInputError(f"the query of {recognised.title} names a parameter twice")
    for place, given in (("path", recognised.labels), ("query", query), ("headers", request.headers)):
        for name, member in bindings.get(place, {}).items():
            wired = name.lower() if place == "headers" else name
            if wired in given:
                yield member, given[wired]


def _refuse_other_types(content_type: str | None, title: str) -> None:
    """Refuse a body that says it is no JSON in UTF-8: a service may read it as what it says."""
    media_type, _, parameters = (content_type or "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() not in _JSON or charset not in _UTF_8:
        said = f"says {quoted(content_type)}" if content_type else "does not say"
        raise UnreadableInputError(f"the body of {title} is JSON in UTF-8, and the Content-Type {said}")


def _refuse_other_spellings(title: str, parameters: Mapping[str, Any]) -> None:
    """Refuse members that differ from those on the way to a key in their case only: a service may take them as well."""
    row = resources.operations().get(title, {})
    for member in row.get("keys", []):
        for path in (member["path"], *member.get("instance_types", ())):
            _refuse_other_spelling(title, parameters, path)


def _refuse_other_spelling(title: str, value: object, path: Sequence[str]) -> None:
    if not path:
        return
    step, *rest = path
    if step == "*" and isinstance(value, list | dict):
        for element in value.values() if isinstance(value, dict) else value:
            _refuse_other_spelling(title, element, rest)
    elif isinstance(value, dict):
        for name in value:
            if name != step and name.casefold() == step.casefold():
                raise UnreadableInputError(f"{quoted(name)} is no member of {title}: did you mean {step}?")
        _refuse_other_spelling(title, value.get(step), rest)


def _unknown(title: str) -> str:
    service, _, operation = title.partition(":")
    return (
        f"{quoted(operation)} is no operation of {service} that this version of sealgate knows: a newer one may know it"
    )


def _listed(services: Iterable[str]) -> str:
    return " or ".join(sorted({_table()[service]["signing_name"] for service in services}))
