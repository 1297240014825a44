"""`GET /v1/rules`: the catalogue, for people and programs that met a rule's id."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import NotFound

from sealgate import resources


def blueprint() -> Blueprint:
    """Return the views of the catalogue."""
    views = Blueprint("rules", __name__)

    @views.get("/v1/rules")
    def every_rule() -> Response:
        return jsonify(rules=resources.rules())

    @views.get("/v1/rules/<rule_id>")
    def one_rule(rule_id: str) -> Response:
        for rule in resources.rules():
            if rule["id"] == rule_id:
                return jsonify(rule)
        raise NotFound("no rule has this id; GET /v1/rules lists them")

    return views
