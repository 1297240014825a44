"""Whether a request of the AWS API may pass a gateway: it is recognised, and judged where it is guarded."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from sealgate import decisions
from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reading import wire
from sealgate.reading.words import quoted
from sealgate.reports import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealgate.context.sources import Knowledge
    from sealgate.decisions import Decision
    from sealgate.metrics import Metrics
    from sealgate.reading.wire import Recognised, WireRequest
    from sealgate.settings import Settings
    from sealgate.views.deciding import Decider

Outcome: TypeAlias = Literal["passed", "allowed", "denied", "unreadable", "undecided"]

_PRINCIPAL = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?:iam|sts)::(?P<account>[0-9]{12}):[!-~]+")

_log = logging.getLogger(__name__)


class Verdict(NamedTuple):
    """Whether a request may pass, and why not.

    `operation` is what the request was recognised as, such as `sagemaker:CreateJob`; `decision` is there where it was
    judged. `passed` is a request that is none of a guarded operation.
    """

    outcome: Outcome
    message: str = ""
    operation: str | None = None
    decision: Decision | None = None

    @property
    def allows(self) -> bool:
        """Whether the request may pass."""
        return self.outcome in {"passed", "allowed"}

    @property
    def rules(self) -> list[str]:
        """The rules that found something, as `SG-MTRL-002=deny`, each once, and those that deny first."""
        findings = self.decision["findings"] if self.decision else []
        found = {(found["enforcement"], rule) for found in findings for rule in decisions.rule_ids(found)}
        return [f"{rule}={enforcement}" for enforcement, rule in sorted(found)]


class Gate:
    """Judges the requests that a gateway asks about. It answers every one of them: an error is a refusal."""

    def __init__(
        self, decider: Decider, settings: Settings, metrics: Metrics, knowledge: Knowledge, surface: str
    ) -> None:
        self._decider = decider
        self._settings = settings
        self._metrics = metrics
        self._knowledge = knowledge
        self._surface = surface

    def judge(self, asked: Callable[[], WireRequest], body: Callable[[], bytes]) -> Verdict:
        """Return the verdict on a request.

        `asked` returns it without its body, and `body` reads that, which is done for guarded operations only. Either
        may raise UnreadableInputError.
        """
        recognised: Recognised | None = None
        try:
            request = asked()
            recognised = wire.recognise(request)
            verdict = self._judged(request, recognised, body)
        except UnreadableInputError as error:
            verdict = Verdict("unreadable", f"refused by sealgate: {error}", recognised and recognised.title)
        except EngineError as error:
            # The reason may name hosts and files of the service: it is for the log.
            _log.error("no decision: %s", error)
            verdict = _undecided(recognised)
        except Exception:  # noqa: BLE001 a bug is no allowance, and what a gateway makes of a 500 is its own affair
            _log.exception("no decision: an internal error")
            verdict = _undecided(recognised)
        self._metrics.gateway_request(self._surface, verdict.outcome)
        return verdict

    def _judged(self, request: WireRequest, recognised: Recognised | None, body: Callable[[], bytes]) -> Verdict:
        if recognised is None:
            if self._settings.gateway_other_services == "refuse":
                raise UnreadableInputError(
                    "this gateway lets requests of SageMaker, Bedrock and KMS pass, and no others"
                )
            return Verdict("passed")
        if not recognised.is_guarded:
            return Verdict("passed", operation=recognised.title)
        subject = wire.read(request, recognised, body())
        context, _ = self._knowledge.of(subject, known=self._known(request, recognised))
        document = decisions.build_document(
            subject,
            settings=self._settings.policy,
            context=context,
            now=datetime.now(UTC),
            context_from_caller=[],
        )
        decision = self._decider.decide(self._surface, document)
        outcome: Outcome = "allowed" if decision["allowed"] else "denied"
        return Verdict(outcome, refusal.message(decision), recognised.title, decision)

    def _known(self, request: WireRequest, recognised: Recognised) -> dict[str, Any]:
        """Return what is known of a request beside itself: where it goes to, and whose it is."""
        known: dict[str, Any] = {"region": recognised.region} if recognised.region else {}
        header = self._settings.gateway_caller_header
        if header is not None and (arn := request.headers.get(header.lower())):
            caller = _PRINCIPAL.fullmatch(arn)
            if caller is None:
                raise UnreadableInputError(
                    f"the gateway's header {header} says {quoted(arn)}, which is no ARN of a principal"
                )
            known |= {"caller": {"arn": arn}, **caller.groupdict()}
        for part, value in self._settings.context.items():
            if known.get(part, value) != value:
                raise UnreadableInputError(
                    f"the request is of the {part} {known[part]}, and this service's settings say {value}"
                )
        return known


def _undecided(recognised: Recognised | None) -> Verdict:
    message = (
        "refused by sealgate: the policy engine gave no decision, so nothing is allowed; the service's log says why"
    )
    return Verdict("undecided", message, recognised and recognised.title)
