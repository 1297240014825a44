from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

Make: TypeAlias = "Callable[..., FlaskClient]"

MEMBERS = {
    "id",
    "title",
    "description",
    "level",
    "severity",
    "requirements",
    "remediation",
    "reference",
    "always",
}


def test_every_rule_is_listed_with_what_the_catalogue_says(client_of: Make) -> None:
    answer = client_of().get("/v1/rules")

    assert answer.status_code == 200
    rules = answer.get_json()["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) > 0
    assert all(rule.keys() == MEMBERS for rule in rules)


def test_a_rule_is_found_by_its_id(client_of: Make) -> None:
    client = client_of()
    [rule] = [rule for rule in client.get("/v1/rules").get_json()["rules"] if rule["id"] == "SG-MTRL-002"]

    assert client.get("/v1/rules/SG-MTRL-002").get_json() == rule


def test_an_unknown_rule_is_not_found(client_of: Make) -> None:
    answer = client_of().get("/v1/rules/SG-NONE-001")

    assert answer.status_code == 404
    assert answer.get_json()["error"]["type"] == "not_found"
    assert "/v1/rules" in answer.get_json()["error"]["message"]
