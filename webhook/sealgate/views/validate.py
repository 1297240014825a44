"""`POST /v1/validate`: an input document, or a batch of them, becomes a decision each."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from sealgate import decisions
from sealgate.errors import UnreadableInputError
from sealgate.reading import inputs
from sealgate.views import body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealgate.context.sources import Knowledge
    from sealgate.decisions import Decision
    from sealgate.settings import Settings
    from sealgate.views.deciding import Decider


_MEMBERS = {"subject", "context", "service", "operation", "parameters"}


class Asked(NamedTuple):
    """What a request to the service asks about: a subject, and what is known beside it."""

    subject: Mapping[str, Any]
    context: Mapping[str, Any]
    context_from_caller: list[str]

    def document(self, settings: Settings) -> dict[str, Any]:
        """Return the input document, under the settings of the service and at the time of now."""
        return decisions.build_document(
            self.subject,
            settings=settings.policy,
            context=self.context,
            now=datetime.now(UTC),
            context_from_caller=self.context_from_caller,
        )


def blueprint(decider: Decider, settings: Settings, knowledge: Knowledge) -> Blueprint:
    """Return the view. A batch is read as a whole before the first decision, and answered as a whole or not at all."""
    views = Blueprint("validate", __name__)

    @views.post("/v1/validate")
    def validate() -> Response:
        content = body.read(request)
        if isinstance(content, dict) and "batch" in content:
            # Those that wait for AWS wait together.
            deadline = time.monotonic() + settings.aws.deadline_s
            entries = [
                read(entry, settings, knowledge, f"/batch/{index}", deadline)
                for index, entry in enumerate(_entries(content))
            ]
            return jsonify(decisions=[decide(asked) for asked in entries])
        return jsonify(decide(read(content, settings, knowledge, None)))

    def decide(asked: Asked) -> Decision:
        return decider.decide("validate", asked.document(settings))

    def _entries(content: dict[str, Any]) -> list[Any]:
        if others := sorted(content.keys() - {"batch"}):
            raise UnreadableInputError(f"beside batch stands {', '.join(others)}: each entry carries its own")
        entries = content["batch"]
        if not isinstance(entries, list) or not entries:
            raise UnreadableInputError("batch is no list of at least one input", source="/batch")
        if len(entries) > settings.max_batch:
            raise RequestEntityTooLarge(
                f"the batch has {len(entries)} entries; this service takes {settings.max_batch}"
            )
        return entries

    return views


def read(
    content: object, settings: Settings, knowledge: Knowledge, source: str | None, deadline: float | None = None
) -> Asked:
    """Return what the JSON value `content` asks about. Raises UnreadableInputError, which names `source`."""
    if isinstance(content, dict) and content.keys().isdisjoint(_MEMBERS):
        # Bare parameters are for the command line: a service does not guess whose they are.
        raise UnreadableInputError("this has neither a subject nor service, operation and parameters", source=source)
    subject, given, *_ = inputs.read(content, allow_settings=False, source=source)
    if given is not None and not settings.accept_context:
        raise UnreadableInputError("this service takes no context from its callers", source=source)
    context, from_caller = knowledge.of(subject, given=given, deadline=deadline)
    return Asked(subject, context, from_caller)
