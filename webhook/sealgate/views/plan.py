"""`POST /v1/plan`: a Terraform plan, as `terraform show -json` prints it, becomes a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from sealgate.errors import UnreadableInputError
from sealgate.reading import plans
from sealgate.views import body
from sealgate.views.validate import Asked

if TYPE_CHECKING:
    from sealgate.context.sources import Knowledge
    from sealgate.settings import Settings
    from sealgate.views.deciding import Decider


def blueprint(decider: Decider, settings: Settings, knowledge: Knowledge) -> Blueprint:
    """Return the view. A plan is the whole body: what is known beside it comes from the settings and AWS."""
    views = Blueprint("plan", __name__)

    @views.post("/v1/plan")
    def plan() -> Response:
        given = plans.read(body.read_packed(request, limit=settings.max_plan_bytes))
        if given is None:
            raise UnreadableInputError("this is no Terraform plan: `terraform show -json FILE` prints one")
        subject = {"terraform_plan": given}
        context, _ = knowledge.of(subject)
        asked = Asked(subject, context, [])
        return jsonify(decider.decide("plan", asked.document(settings)))

    return views
