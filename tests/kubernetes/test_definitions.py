"""The definitions of the AWS controllers' kinds that stand in where the controllers' own are absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.kubernetes.client import DEFINITIONS
from tests.kubernetes.objects import CONTROLLER_DEFINITIONS, OWN_DEFINITIONS, definitions, members

if TYPE_CHECKING:
    from tests.kubernetes.client import Client

OWN = definitions(OWN_DEFINITIONS)


def named(definition: dict[str, Any]) -> str:
    """Return the name of a definition."""
    return str(definition["metadata"]["name"])


@pytest.mark.parametrize("definition", OWN, ids=named)
def test_own_definition_is_one_that_an_api_server_takes(client: Client, definition: dict[str, Any]) -> None:
    # In another group, since that of the controllers may be installed.
    elsewhere = yaml.safe_load(yaml.safe_dump(definition).replace(".services.k8s.aws", ".example.com"))
    answer = client.request("POST", DEFINITIONS, elsewhere, query={"dryRun": "All"})
    assert answer.status == 201, answer.message


@pytest.mark.skipif(not CONTROLLER_DEFINITIONS.exists(), reason=f"{CONTROLLER_DEFINITIONS} is absent")
@pytest.mark.parametrize("definition", OWN, ids=named)
def test_own_definition_has_members_of_the_controllers_alone(definition: dict[str, Any]) -> None:
    (theirs,) = (one for one in definitions(CONTROLLER_DEFINITIONS) if named(one) == named(definition))
    own, their = (
        one["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"] for one in (definition, theirs)
    )
    assert set(members(own)) <= set(members(their))
    assert own.get("required", []) == their.get("required", [])
    for name in ("group", "names", "scope"):
        assert definition["spec"][name] == theirs["spec"][name]
