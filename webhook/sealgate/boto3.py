"""In a notebook: requests of boto3 and of the SageMaker SDK are judged before they leave the process.

from sealgate.boto3 import guard

sagemaker = guard(boto3.client("sagemaker"))
sagemaker.create_job(...)      # raises RefusedError where the job is wrong
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import warnings
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.hooks import BaseEventHooks
from botocore.session import Session

from sealgate import decisions, engines
from sealgate.context import file as context_file
from sealgate.context import sources
from sealgate.context.sessions import with_credentials
from sealgate.context.sources import Knowledge
from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reading import wire
from sealgate.reports import refusal
from sealgate.settings import Settings, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel

    from sealgate.decisions import Decision, Finding
    from sealgate.engines import Engine, EngineSettings

Target = TypeVar("Target")


class RefusedError(ClientError):
    """A request that does not leave: it is denied, can't be read without doubt, or there is no decision on it.

    `decision` is None where there is none; `findings` are those of the decision, the denials first.
    """

    def __init__(self, message: str, operation: str, decision: Decision | None = None) -> None:
        super().__init__(
            {"Error": {"Code": "AccessDeniedException", "Message": message}, "ResponseMetadata": _NOTHING_SENT},
            operation,
        )
        self.decision = decision

    @property
    def findings(self) -> list[Finding]:
        """What was found, as schemas/decision.json describes it."""
        return list(self.decision["findings"]) if self.decision else []

    def __reduce__(self) -> tuple[Any, ...]:
        """Be this error after pickling too, which botocore's own are not."""
        return type(self), (self.response["Error"]["Message"], self.operation_name, self.decision)


class SealgateWarning(UserWarning):
    """What is found in a request that leaves all the same."""


# What ClientError's readers expect of every answer.
_NOTHING_SENT: Any = {"HTTPStatusCode": 403, "RequestId": "", "HTTPHeaders": {}, "HostId": "", "RetryAttempts": 0}


def guard(
    target: Target,
    *,
    settings: Settings | str | Path | None = None,
    context: Mapping[str, Any] | None = None,
    engine: Engine | None = None,
    no_decision: Literal["refuse", "warn"] = "refuse",
) -> Target:
    """Have every guarded request of `target` judged in this process before it is sent, and return `target`.

    `target` is a client or a resource of boto3, a session of boto3 or botocore (then the clients that it makes from now
    on), or a session of the SageMaker SDK (then its clients and its boto session). No class is changed: the check is a
    handler of botocore's `before-parameter-build` event, which sees the parameters last.

    `settings` are a file's path or Settings, by default the nearest sealgate.yaml and the environment. `context` is
    what AWS knows, as schemas/context.json describes it; the Region is that of the client. With `context.aws.enabled`
    in the settings AWS is asked, with the credentials of the target. `engine` is by default the
    one of the settings. A request on which the engine has no decision is refused, or with `no_decision="warn"` sent
    with a SealgateWarning; warnings on requests that are allowed are SealgateWarnings too.

    Raises TypeError for another target, SettingsError and UnreadableInputError for settings and a context that can't be
    used. A request that is refused raises RefusedError, a ClientError, and is not sent.
    """
    if not isinstance(settings, Settings):
        settings = Settings.load(Path(settings) if settings else find(Path.cwd()), os.environ)
    source = sources.of_aws(settings.aws, session=_session(target)) if settings.aws.enabled else None
    check = _Check(
        settings=settings,
        knowledge=Knowledge(defaults=settings.context, source=source, own_caller=True),
        context=context_file.read(dict(context)) if context else {},
        engine=engine or _engine(settings.engine),
        warns_without_decision=no_decision == "warn",
    )
    emitters = list(_emitters(target))
    if not emitters:
        raise TypeError(f"{type(target).__name__} is no client and no session of boto3, botocore or the SageMaker SDK")
    for emitter in emitters:
        emitter.register_last("before-parameter-build", check.request)
    return target


@cache
def _engine(settings: EngineSettings) -> Engine:
    """Return the engine of all guards with these settings: it is safe for threads, and compiles its policies once."""
    engine = engines.build(settings)
    # What is left to the end of the interpreter is torn down in any order, and complains.
    atexit.register(engine.close)
    return engine


def _emitters(target: object) -> Iterator[BaseEventHooks]:
    """Yield where the events of a client or a session are told, once each."""
    meta = getattr(target, "meta", None)
    if isinstance(target, BaseClient):
        yield target.meta.events
    elif isinstance(client := getattr(meta, "client", None), BaseClient):
        yield client.meta.events
    elif (emitter := _emitter_of_session(target)) is not None:
        yield emitter
    elif not isinstance(target, ModuleType):
        # A session of the SageMaker SDK has a boto session, and clients of several services that it made before.
        for part in getattr(target, "__dict__", {}).values():
            if isinstance(part, BaseClient):
                yield part.meta.events
            elif (emitter := _emitter_of_session(part)) is not None:
                yield emitter


def _emitter_of_session(session: Any) -> BaseEventHooks | None:  # noqa: ANN401 whatever somebody calls a session
    session = getattr(session, "_session", session)
    emitter = session.get_component("event_emitter") if hasattr(session, "get_component") else None
    return emitter if isinstance(emitter, BaseEventHooks) else None


def _session(target: object) -> Session | None:
    """Return a session with the credentials that a target's requests are signed with; None: the process's own."""
    client = getattr(getattr(target, "meta", None), "client", target)
    if isinstance(client, BaseClient):
        # A client does not tell its session.
        signer = client._request_signer  # type: ignore[attr-defined]  # noqa: SLF001 botocore has no other way
        return with_credentials(signer._credentials)  # noqa: SLF001 see above
    for part in (target, *getattr(target, "__dict__", {}).values()):
        session = getattr(part, "_session", part)
        if isinstance(session, Session):
            return session
    return None


class _Check:
    """The handler of an event. It holds nothing that a request changes, and so is safe for threads."""

    def __init__(
        self,
        *,
        settings: Settings,
        knowledge: Knowledge,
        context: dict[str, Any],
        engine: Engine,
        warns_without_decision: bool,
    ) -> None:
        self._settings = settings
        self._knowledge = knowledge
        self._context = context
        self._engine = engine
        self._warns_without_decision = warns_without_decision

    def request(
        self, params: Mapping[str, Any], model: OperationModel, context: Mapping[str, Any], **_: object
    ) -> None:
        """Raise RefusedError unless the request may leave."""
        service, operation = model.service_model.service_name, model.name
        try:
            if not wire.is_guarded(service, operation):
                return
            parameters = _as_json(params)
            decision = self._decision(service, operation, parameters, context.get("client_region"))
        except UnreadableInputError as error:
            raise RefusedError(f"refused by sealgate: {error}", operation) from error
        except EngineError as error:
            if not self._warns_without_decision:
                message = f"refused by sealgate, since the policy engine gave no decision: {error}"
                raise RefusedError(message, operation) from error
            _warn(f"{operation} was not judged, since the policy engine gave no decision: {error}")
            return
        if not decision["allowed"]:
            raise RefusedError(refusal.message(decision), operation, decision)
        if decision["findings"]:
            _warn(refusal.told(f"{operation} is allowed, with warnings", decision["findings"]))

    def _decision(self, service: str, operation: str, parameters: object, region: str | None) -> Decision:
        known, _ = context_file.merge(self._context, {"region": region} if region else {}, None)
        subject = {"aws_request": {"service": service, "operation": operation, "parameters": parameters}}
        context, _ = self._knowledge.of(subject, known=known)
        document = decisions.build_document(
            subject,
            settings=self._settings.policy,
            context=context,
            now=datetime.now(UTC),
            context_from_caller=[],
        )
        return decisions.decide(self._engine, document)


def _as_json(params: Mapping[str, Any]) -> object:
    """Return parameters of botocore as the API's JSON has them."""
    try:
        return json.loads(json.dumps(params, default=_text, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise UnreadableInputError(f"the parameters can't be written as JSON: {error}") from error


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else str(value)


def _warn(text: str) -> None:
    warnings.warn(text, SealgateWarning, stacklevel=2)
