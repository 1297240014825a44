"""One line a decision, whichever surface it was made for: who asked about what, the verdict, and what decides it."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sealgate.decisions import rule_ids
from sealgate.errors import EngineError
from sealgate.reading import manifests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealgate.decisions import Decision

LOGGER = "sealgate.decisions"

_log = logging.getLogger(LOGGER)

_KEY = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]*:[0-9]*:(key|alias)/([A-Za-z0-9/_-]+)")
_MOST = 100
_SHOWN_OF_A_KEY = 6


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Whose question a decision answers: the request's id, and what an API server says of its own request."""

    request_id: str
    uid: str | None = None
    username: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class DecisionLog:
    """Writes the lines, unless it is not `enabled`.

    Bodies are never in them; the ARNs of the keys that the subject names with `key_arns`, the user with `usernames`.
    """

    enabled: bool = True
    key_arns: bool = False
    usernames: bool = False

    def write(
        self, surface: str, asker: Asker, subject: Mapping[str, Any], outcome: Decision | EngineError, seconds: float
    ) -> None:
        """Write the line of one decision, or of the failure that stands in its place."""
        if not self.enabled:
            return
        fields: dict[str, Any] = {"surface": surface, "request_id": asker.request_id}
        if asker.uid is not None:
            fields["uid"] = asker.uid
        fields |= self._failure(subject, outcome) if isinstance(outcome, EngineError) else self._decision(outcome)
        fields |= {"duration_ms": round(seconds * 1000, 2), "dry_run": asker.dry_run}
        if self.usernames and asker.username is not None:
            fields["user"] = asker.username
        if self.key_arns:
            text = json.dumps(subject, ensure_ascii=False)
            fields["keys"] = sorted({match[0] for match in _KEY.finditer(text)})[:_MOST]
        _log.info("decision", extra={"fields": fields})

    def _decision(self, decision: Decision) -> dict[str, Any]:
        subjects = sorted(
            {
                *(checked["subject"] for checked in decision["checked"] if checked["operation"]),
                *(finding["subject"] for finding in decision["findings"]),
            }
        )
        found = {
            (rule, finding["outcome"], finding["enforcement"])
            for finding in decision["findings"]
            for rule in rule_ids(finding)
        }
        return {
            "verdict": "allowed" if decision["allowed"] else "denied",
            **self._subjects(subjects),
            "rules": [
                {"id": rule, "outcome": outcome, "enforcement": enforcement}
                for rule, outcome, enforcement in sorted(found)
            ],
            "policies": decision["version"]["policies"],
        }

    def _failure(self, subject: Mapping[str, Any], error: EngineError) -> dict[str, Any]:
        return {
            "verdict": "no_decision",
            "failure": error.kind,
            **self._subjects([name] if (name := _name(subject)) else []),
            "rules": [],
        }

    def _subjects(self, names: list[str]) -> dict[str, Any]:
        told = {"subjects": [self._told(name) for name in names[:_MOST]]}
        return {**told, "subjects_omitted": len(names) - _MOST} if len(names) > _MOST else told

    def _told(self, name: str) -> str:
        """Return the name of a subject, in which a key may stand: then only its end is told."""
        if self.key_arns:
            return name
        return _KEY.sub(lambda key: f"{key[1]}/…{key[2][-_SHOWN_OF_A_KEY:]}", name)


def _name(subject: Mapping[str, Any]) -> str | None:
    """Return what a subject is called on which nothing was decided; None where it has many names, as a plan does."""
    match subject:
        case {"aws_request": {"service": service, "operation": operation}}:
            return f"{service}:{operation}"
        case {"kubernetes_object": {"object": dict(content)} | {"oldObject": dict(content)}}:
            return manifests.name_of(content)
    return None
