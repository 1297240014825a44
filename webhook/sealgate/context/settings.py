"""How AWS is asked, as `schemas/settings.json` describes it under `context.aws`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# A key's change is to be seen soon; what rarely changes is asked for rarely.
_TTL_S: Mapping[str, float] = {
    "keys": 60.0,
    "policies": 60.0,
    "grants": 30.0,
    "tags": 60.0,
    "principals": 120.0,
    "buckets": 300.0,
    "objects": 60.0,
    "models": 300.0,
    "jobs": 30.0,
    "identity": 300.0,
    "negative": 30.0,
}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A role to assume for reading in the accounts that match a pattern; `{account}` in its ARN is the account."""

    account: str
    role_arn: str
    external_id: str | None = None

    def arn_for(self, account: str) -> str | None:
        """Return the role's ARN for an account; None where the pattern does not match it."""
        return self.role_arn.replace("{account}", account) if fnmatchcase(account, self.account) else None


@dataclass(frozen=True, kw_only=True)
class AwsSettings:
    """How AWS is asked. Times are in seconds; `ttl_s` is by kind of fact, with `negative` for what is not there."""

    enabled: bool = False
    deadline_s: float = 2.0
    max_concurrency: int = 16
    max_entries: int = 10_000
    ttl_s: Mapping[str, float] = field(default_factory=lambda: dict(_TTL_S))
    objects: tuple[str, ...] = ()
    roles: tuple[Reader, ...] = ()

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> AwsSettings:
        """Return the settings in a part of the file that fits the schema."""
        plain = ("enabled", "deadline_s", "max_concurrency", "max_entries")
        return cls(
            **{name: content[name] for name in plain if name in content},
            ttl_s={**_TTL_S, **content.get("ttl_s", {})},
            objects=tuple(content.get("objects", ())),
            roles=tuple(Reader(**role) for role in content.get("roles", ())),
        )

    def without_cache(self) -> AwsSettings:
        """Return the settings with which every answer counts for those who wait for it, and no longer."""
        return replace(self, ttl_s=dict.fromkeys(self.ttl_s, 0.0))

    def reader(self, account: str) -> tuple[str, str | None] | None:
        """Return the ARN and the external id of the role for an account: of the first pattern that matches it."""
        for role in self.roles:
            if (arn := role.arn_for(account)) is not None:
                return arn, role.external_id
        return None
