"""What an organisation asks of its jobs and how the service runs: sealgate.yaml, and the environment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sealgate import resources
from sealgate.context.settings import AwsSettings
from sealgate.engines import EngineSettings
from sealgate.errors import SettingsError, UnreadableInputError
from sealgate.reading.places import Located, pointer
from sealgate.reading.words import did_you_mean, kind, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sealgate.reading.places import Path as Place
    from sealgate.reading.shapes import Fault

FILE_NAME = "sealgate.yaml"

_POLICY = (
    "enforcement",
    "unverified",
    "unverified_keys",
    "unchanged",
    "require_customer_key",
    "require_bucket_encryption",
    "approved_keys",
    "approved_accounts",
    "approved_regions",
    "sensitive_tags",
    "job_config_key_members",
    "intended_uses",
    "kubernetes_kinds",
    "exceptions",
)


def _number(text: str) -> float | str:
    if re.fullmatch(r"-?[0-9]{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,15}", text) else text


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


# The service's own part, and how the environment's texts for it are read; one that says nothing stays as it is, and
# is refused with the others.
_SERVICE: Mapping[Place, Callable[[str], object]] = {
    ("engine", "kind"): str,
    ("engine", "timeout_s"): _number,
    ("engine", "memory_mib"): _number,
    ("engine", "plan_timeout_s"): _number,
    ("engine", "plan_memory_mib"): _number,
    ("engine", "cache_dir"): str,
    ("engine", "opa_url"): str,
    ("engine", "opa_token_file"): str,
    ("accept_context",): _boolean,
    ("max_body_bytes",): _number,
    ("max_batch",): _number,
    ("max_plan_bytes",): _number,
    ("max_review_bytes",): _number,
    ("context", "aws", "enabled"): _boolean,
    ("context", "aws", "deadline_s"): _number,
    ("admission", "deadline_s"): _number,
    ("tls", "certificate"): str,
    ("tls", "key"): str,
    ("tls", "ca"): str,
    ("tls", "client_ca"): str,
    ("drain_s",): _number,
    ("gateway", "original"): str,
    ("gateway", "caller_header"): str,
    ("gateway", "other_services"): str,
    ("log", "level"): str,
    ("log", "format"): str,
    ("log", "decisions"): _boolean,
    ("log", "key_arns"): _boolean,
    ("log", "usernames"): _boolean,
}
# Its members that are no parts, and have the same names here.
_PLAIN = ("accept_context", "max_body_bytes", "max_batch", "max_plan_bytes", "max_review_bytes", "drain_s")
_PREFIX = "SEALGATE_"
_MISSPELT = 0.85


@dataclass(frozen=True, kw_only=True)
class TlsSettings:
    """Where the service's certificates are, in PEM.

    `certificate` holds the service's own and those between it and its CA, `key` its private key, `ca` the CA that
    issued it, of which only the expiry is told, `client_ca` the CAs whose certificates clients must show.
    """

    certificate: Path
    key: Path
    ca: Path | None = None
    client_ca: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, as `schemas/settings.json` describes them.

    `policy` holds what the file says of enforcement and of the organisation's demands, and nothing else: the policies
    have the defaults. `context` has the partition, Region and account of the requests, as far as the file names them;
    `aws` says how AWS is asked. The rest is the service's own: sizes in bytes, `max_batch` in inputs, times in seconds.
    """

    policy: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    aws: AwsSettings = field(default_factory=AwsSettings)
    accept_context: bool = True
    engine: EngineSettings = field(default_factory=EngineSettings)
    max_body_bytes: int = 1024**2
    max_batch: int = 100
    max_plan_bytes: int = 64 * 1024**2
    max_review_bytes: int = 16 * 1024**2
    admission_deadline_s: float = 3.0
    tls: TlsSettings | None = None
    drain_s: float = 0.0
    gateway_original: Literal["path-prefix", "x-forwarded", "x-original"] = "path-prefix"
    gateway_caller_header: str | None = None
    gateway_other_services: Literal["pass", "refuse"] = "pass"
    log_level: str = "info"
    log_format: str = "json"
    log_decisions: bool = True
    log_key_arns: bool = False
    log_usernames: bool = False

    @classmethod
    def load(cls, path: Path | None, environ: Mapping[str, str]) -> Settings:
        """Return the settings of the file, if there is one, with what the environment overrides.

        Raises SettingsError with everything that is wrong with them, a line each.
        """
        file = _file(path) if path else Located({})
        overrides = _overrides(environ)
        if not file.value and not overrides:
            return cls()
        content = _overridden(file.value, overrides)
        if faults := sorted(_faults(content), key=lambda fault: file.position(fault.path)[0] or 0):
            raise SettingsError(
                "\n".join(f"{_where(fault, path, file, overrides)}: {fault.message}" for fault in faults)
            )
        parts = {
            f"{part}_{name}": value
            for part in ("admission", "gateway", "log")
            for name, value in content.get(part, {}).items()
        }
        return cls(
            policy={name: content[name] for name in _POLICY if name in content},
            context={name: value for name, value in content.get("context", {}).items() if name != "aws"},
            aws=AwsSettings.read(content.get("context", {}).get("aws", {})),
            engine=_engine(content.get("engine", {}), path, overrides),
            tls=_tls(content["tls"], path, overrides) if "tls" in content else None,
            **{name: content[name] for name in _PLAIN if name in content},
            **parts,
        )


def find(start: Path) -> Path | None:
    """Return the nearest sealgate.yaml, in the folder `start` or in one above it."""
    folder = start.resolve()
    return next((file for above in (folder, *folder.parents) if (file := above / FILE_NAME).is_file()), None)


def read_policy(value: object) -> dict[str, Any]:
    """Return settings that came with an input: the organisation's demands and the context, as in the file.

    Raises SettingsError, also where they hold what is the service's own.
    """
    if not isinstance(value, dict):
        raise SettingsError(f"settings are an object, and this is {kind(value)}")
    own = {place[0] for place in _SERVICE} - {"context"}
    foreign = [f"{quoted(name)} is the service's own" for name in value if name in own]
    if isinstance(context := value.get("context"), dict) and "aws" in context:
        foreign.append(f"{quoted('context.aws')} is the service's own")
    if faults := [*foreign, *(fault.message for fault in _faults(value))]:
        raise SettingsError("; ".join(faults))
    return value


def _file(path: Path) -> Located:
    # Nobody who has no file waits for what reads one.
    from sealgate.reading import files  # noqa: PLC0415 imported where it is used: start-up stays short

    try:
        file = files.read_located(path)
    except UnreadableInputError as error:
        raise SettingsError(str(error)) from error
    content = {} if file.value is None else file.value
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: settings are an object, and this is {kind(content)}")
    return Located(content, file.positions)


def _variable(place: Place) -> str:
    return _PREFIX + "_".join(str(step) for step in place).upper()


def _overrides(environ: Mapping[str, str]) -> dict[Place, object]:
    """Return what the environment says, by its place in the settings. A variable that is empty says nothing."""
    given = {name: text for name, text in environ.items() if name.startswith(_PREFIX) and text}
    known = {_variable(place): place for place in _SERVICE}
    own = [name.removeprefix(_PREFIX) for name in known]
    for name in sorted(given.keys() - known.keys()):
        # Kubernetes and others have variables with this prefix too: only what is nearly ours is a mistake.
        if hint := did_you_mean(name.removeprefix(_PREFIX), own, cutoff=_MISSPELT):
            raise SettingsError(f"{name}: unknown variable{hint}")
    return {place: _SERVICE[place](given[name]) for name, place in known.items() if name in given}


def _overridden(content: Mapping[str, Any], overrides: Mapping[Place, object]) -> dict[str, Any]:
    result = dict(content)
    for (part, *member), value in overrides.items():
        if not member:
            result[str(part)] = value
        elif isinstance(holder := result.get(str(part), {}), dict):
            result[str(part)] = _overridden(holder, {tuple(member): value})
    return result


def _where(fault: Fault, path: Path | None, file: Located, overrides: Mapping[Place, object]) -> str:
    if fault.path in overrides:
        return _variable(fault.path)
    line, _ = file.position(fault.path)
    return f"{path}:{line}" if line else str(path or "the environment")


def _located(place: Place, text: str, path: Path | None, overrides: Mapping[Place, object]) -> Path:
    """Return a path of the file from the file's folder, one of the environment from the working directory."""
    return (path.parent if path and place not in overrides else Path()) / Path(text).expanduser()


def _engine(content: Mapping[str, Any], path: Path | None, overrides: Mapping[Place, object]) -> EngineSettings:
    plain = ("kind", "timeout_s", "memory_mib", "plan_timeout_s", "plan_memory_mib", "opa_url")
    chosen = {name: content[name] for name in plain if name in content}
    if "cache_dir" in content:
        chosen["cache_dir"] = _located(("engine", "cache_dir"), content["cache_dir"], path, overrides)
    if "opa_token_file" in content:
        token = _located(("engine", "opa_token_file"), content["opa_token_file"], path, overrides)
        chosen["opa_token"] = _token(token)
    return EngineSettings(**chosen)


def _tls(content: Mapping[str, str], path: Path | None, overrides: Mapping[Place, object]) -> TlsSettings:
    return TlsSettings(**{name: _located(("tls", name), text, path, overrides) for name, text in content.items()})


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no ASCII text"
        raise SettingsError(f"engine.opa_token_file {path} can't be read: {reason}") from error
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise SettingsError(f"engine.opa_token_file {path} holds no token")
    return token


def _faults(content: dict[str, Any]) -> list[Fault]:
    """Return everything that is wrong, by the schema and by what sealgate knows of rules, operations and days."""
    from sealgate.reading import shapes  # noqa: PLC0415 imported where it is used: start-up stays short

    faults = shapes.faults(content, "settings", noun="setting")
    faulty = {fault.path[0] for fault in faults if fault.path}
    sound = {name: value for name, value in content.items() if name not in faulty}
    faults += [shapes.Fault(place, message) for place, message in _misunderstandings(sound)]
    return faults


def _misunderstandings(content: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    exceptions = content.get("exceptions", [])
    for index, exception in enumerate(exceptions):
        if not _is_day(exception["expires"]):
            where = ("exceptions", index, "expires")
            yield where, f"{pointer(*where)} is {quoted(exception['expires'])}, and there is no such day or time"
    # Before the policies are compiled nothing is known of them.
    if not resources.compiled("data.json").exists():
        return
    always = {rule["id"]: rule["always"] for rule in resources.rules()}
    named: list[tuple[Place, str, str]] = [
        (("enforcement", "rules", rule), rule, word) for rule, word in _own_words(content)
    ]
    named += [(("exceptions", index, "rule"), exception["rule"], "") for index, exception in enumerate(exceptions)]
    for place, rule, word in named:
        if rule not in always:
            yield place, f"unknown rule {quoted(rule)} at {pointer(*place)}{did_you_mean(rule, always)}"
        elif always[rule] and word != "deny":
            yield place, f"{pointer(*place)}: {rule} says that a request can't be read, and always denies it"
    for part, column in (("require_customer_key", "keys"), ("require_bucket_encryption", "s3")):
        uses = {row["use"] for operation in resources.operations().values() for row in operation[column]}
        for index, demand in enumerate(content.get(part, [])):
            yield from _unmet((part, index), demand, uses)


def _own_words(content: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    words: Mapping[str, str] = content.get("enforcement", {}).get("rules", {})
    return words.items()


def _unmet(place: Place, demand: Mapping[str, list[str]], uses: set[str]) -> Iterator[tuple[Place, str]]:
    """Yield what in a demand asks nothing of any operation, so that nobody relies on it."""
    operations = resources.operations()
    for index, pattern in enumerate(demand.get("operations", [])):
        if not any(fnmatchcase(operation, pattern) for operation in operations):
            where = (*place, "operations", index)
            hint = did_you_mean(pattern, operations)
            yield where, f"{pointer(*where)} is {quoted(pattern)}, which matches no operation with a key{hint}"
    for index, use in enumerate(demand.get("uses", [])):
        if use not in {"*", *uses}:
            where = (*place, "uses", index)
            hint = did_you_mean(use, uses) or f": there are {', '.join(sorted(uses))}"
            yield where, f"{pointer(*where)} is {quoted(use)}, which no operation has{hint}"


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
