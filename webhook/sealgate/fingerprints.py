"""What makes a finding the same finding in another run: for baselines, and for whoever tracks findings over time."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealgate.decisions import Finding

_ARN = re.compile(r"arn:\S*")
_DIGITS = 32


def fingerprint(*, rule: str, outcome: str, subject: str, path: Sequence[str | int], missing: str | None) -> str:
    """Return 32 hexadecimal digits for a finding of a rule on a place of a subject.

    They do not depend on the values found there, on messages, files, lines or the order of findings. The outcome is
    part of them: what could not be verified yesterday and is a violation today is another finding. `missing` is the
    part of the context that an unverified finding waits for; ARNs in it are values, and do not count.
    """
    import hashlib  # noqa: PLC0415 imported where it is used: start-up stays short

    part = None if missing is None else _ARN.sub("arn", missing)
    identity = json.dumps([rule, outcome, subject, list(path), part], separators=(",", ":"))
    return hashlib.sha256(identity.encode()).hexdigest()[:_DIGITS]


def of_finding(finding: Finding) -> str:
    """Return the fingerprint of a finding."""
    return fingerprint(
        rule=finding["rule"],
        outcome=finding["outcome"],
        subject=finding["subject"],
        path=finding["path"],
        missing=finding["missing"]["part"] if "missing" in finding else None,
    )
