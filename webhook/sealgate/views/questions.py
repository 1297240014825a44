"""`POST /v1/explain` and `POST /v1/policy`: a job's KMS calls, and the policies with which they are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, jsonify, request

from sealgate import questions
from sealgate.errors import UnreadableInputError
from sealgate.reading import shapes
from sealgate.views import body, validate

if TYPE_CHECKING:
    from sealgate.context.sources import Knowledge
    from sealgate.engines import Engine
    from sealgate.questions import Question
    from sealgate.settings import Settings
    from sealgate.views.validate import Asked


def blueprint(engine: Engine, settings: Settings, knowledge: Knowledge) -> Blueprint:
    """Return the views. Both take what `/v1/validate` takes; the second also how the policies are to be written."""
    views = Blueprint("questions", __name__)

    @views.post("/v1/explain")
    def explain() -> Response:
        asked = validate.read(body.read(request), settings, knowledge, None)
        return jsonify(questions.explain(engine, asked.document(settings)))

    @views.post("/v1/policy")
    def policy() -> Response:
        asked, question = _read(body.read(request), settings, knowledge)
        return jsonify(questions.generate(engine, asked.document(settings), question))

    return views


def _read(content: object, settings: Settings, knowledge: Knowledge) -> tuple[Asked, Question]:
    """Return what the body asks about, and its `question`, which it may do without."""
    question: object = {}
    if isinstance(content, dict) and "question" in content:
        question = content["question"]
        content = {name: member for name, member in content.items() if name != "question"}
    asked = validate.read(content, settings, knowledge, None)
    if faults := shapes.faults({"subject": asked.subject, "question": question}, "input"):
        raise UnreadableInputError(faults[0].message)
    return asked, cast("Question", question)
