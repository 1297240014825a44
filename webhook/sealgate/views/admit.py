"""`POST /v1/admit`: an API server's AdmissionReview becomes the answer that allows or denies it.

What is no review is answered with 400 or 413, as an error. Once the uid is known the answer is a review, whatever
happens, and on time: the API server's failure policy has no say in what sealgate could not decide.
"""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from sealgate import decisions
from sealgate.errors import EngineError, UnreadableInputError
from sealgate.reading import reviews
from sealgate.reports import review as report
from sealgate.views import body

if TYPE_CHECKING:
    from sealgate.context.sources import Knowledge
    from sealgate.errors import EngineFailure
    from sealgate.reading.reviews import Review
    from sealgate.settings import Settings
    from sealgate.views.deciding import Decider

_log = logging.getLogger(__name__)

# How much earlier than the API server asks for the answer is sent: a share of the time, and the most.
_MARGIN: Final = 0.2
_MOST_MARGIN_S: Final = 0.5

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)")
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}

# The engine's own words may name hosts and files of the service: those are for its log.
_UNDECIDED: Final[dict[EngineFailure, str]] = {
    "timeout": "there was no decision within the time that the webhook has",
    "memory": "there was no decision within the memory that one may take",
    "unreachable": "the policy engine can't be reached",
    "answer": "the policy engine's answer is no decision",
    "failure": "the policy engine failed",
}


def blueprint(decider: Decider, settings: Settings, knowledge: Knowledge) -> Blueprint:
    """Return the view."""
    views = Blueprint("admit", __name__)

    @views.post("/v1/admit")
    def admit() -> Response:
        request.max_content_length = settings.max_review_bytes
        try:
            text = body.read_text(request)
        except UnsupportedMediaType as error:
            raise UnreadableInputError(f"this is no AdmissionReview: {error.description}") from error
        try:
            review = reviews.loads(text)
        except reviews.UnreadableReviewError as error:
            _note(error.uid, f"the review can't be read: {error}")
            return jsonify(report.undecided(error.uid, 400, f"the review can't be read, so it is denied: {error}"))
        return jsonify(answer(review))

    def answer(review: Review) -> dict[str, Any]:
        try:
            return report.decided(review, decide(review))
        except EngineError as error:
            _note(review.uid, f"no decision: {error}")
            return report.undecided(review.uid, 503, f"{_UNDECIDED[error.kind]}, so it is denied", review.details)
        except Exception:  # noqa: BLE001 whatever it is, it is no allowance
            # An answer without the uid would leave the verdict to the failure policy.
            _log.exception("no decision", extra={"fields": {"request_id": g.request_id, "uid": review.uid}})
            return report.undecided(review.uid, 500, "sealgate failed, so it is denied", review.details)

    def decide(review: Review) -> decisions.Decision:
        deadline = g.started + _allowed(request.args.get("timeout", ""), settings.admission_deadline_s)
        now = time.monotonic()
        # The engine has at least as long as AWS.
        context, _ = knowledge.of(review.subject, deadline=now + (deadline - now) / 2)
        document = decisions.build_document(
            review.subject,
            settings=settings.policy,
            context=context,
            now=datetime.now(UTC),
            context_from_caller=[],
        )
        return decider.decide(
            "admit",
            document,
            uid=review.uid,
            username=review.username,
            dry_run=review.dry_run,
            deadline=deadline,
        )

    return views


def _note(uid: str, message: str) -> None:
    _log.error("%s", message, extra={"fields": {"request_id": g.request_id, "uid": uid}})


def _allowed(timeout: str, deadline_s: float) -> float:
    """Return the seconds that an answer may take, where an API server says `timeout`, such as 3s."""
    seconds = min(deadline_s, _seconds(timeout) or deadline_s)
    return seconds - min(seconds * _MARGIN, _MOST_MARGIN_S)


def _seconds(duration: str) -> float:
    """Return the seconds of a duration as Go writes it, such as 1m0.5s; 0 for what is none."""
    parts = _DURATION.findall(duration)
    if "".join(number + unit for number, unit in parts) != duration:
        return 0.0
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
