"""What the tests of the formats share: a run with something of everything in it, and names that want to break out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate.decisions import Excepted
from sealgate.errors import EngineError, UnreadableInputError
from sealgate.origins import Location
from sealgate.reports import Comparison, Report, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Make: TypeAlias = "Callable[..., Any]"

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)

ADDRESS = 'module.jobs["a.b"].aws_sagemaker_training_job.j[0]'

# Terminal escapes, commands of CI systems, markup of every format, a bidirectional override, half a surrogate pair.
HOSTILE = (
    "::error::x\n::set-output name=a::b\r\x1b[2J\x9b\x00\x08 ##[error]y ##vso[task.complete]z `code` | <b>&amp;</b>"
    " ]]> --> <script>alert(1)</script> [l](https://evil.example/) ![i](https://evil.example/i) @team #1 {0} %0A %"
    " ok 1 # SKIP \\ \u202e \ud800 www.evil.example $x$ ~~s~~ *e* _u_ \"q\" 'q'"
)


def decided(findings: Sequence[dict[str, Any]], *, subjects: Sequence[str], **members: Any) -> Any:
    return {
        "allowed": not any(finding["enforcement"] == "deny" for finding in findings),
        "findings": list(findings),
        "checked": [
            {"subject": subject, "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-002", "SG-MTRL-003"]}
            for subject in subjects
        ],
        "notes": [],
        "exceptions": [],
        "context_from_caller": [],
        "version": {"policies": "0", "schema": 1},
        **members,
    }


@pytest.fixture
def everything(finding: Make) -> Report:
    """Return a run of four inputs: findings of each kind in a plan, none, an unreadable one, one without a decision."""
    denial = finding(subject=ADDRESS)
    warning = finding(subject=ADDRESS, rule="SG-MTRL-026", enforcement="warn", severity="medium", level="recommended")
    advice = finding(subject="b", outcome="advice", enforcement="warn", rule="SG-CALL-002", severity="low", path=[])
    waiting = finding(
        subject="c",
        outcome="unverified",
        enforcement="warn",
        rule="SG-MTRL-003",
        message="not verified: the key was not described",
        missing={"part": "keys.arn:aws:kms:us-west-2:111122223333:key/1.metadata", "rules": ["SG-MTRL-003"]},
    )
    old = finding(subject="d", message="known since last year")
    excepted = finding(subject="e", message="the key is not approved", rule="SG-ORG-002")
    uses: list[Any] = [
        {"rule": "SG-ORG-002", "subject": "e*", "reason": "Migration.", "expires": "2026-12-31", "status": "applied"},
        {"rule": "SG-ORG-001", "subject": "*", "reason": "Old.", "expires": "2020-01-01", "status": "expired"},
    ]
    note: dict[str, Any] = {"rule": "SG-MTRL-024", "subject": "b", "path": [], "message": "so it is", "reference": ""}
    plan = decided(
        [denial, old, warning, advice, waiting],
        subjects=[ADDRESS, "b", "c", "d", "e", "f"],
        exceptions=uses,
        notes=[{**note, "requirements": []}],
    )
    entry: Any = {
        "fingerprint": "0" * 32,
        "rule": "SG-KEY-007",
        "outcome": "violation",
        "subject": "gone",
        "path": [],
        "message": "the key is disabled",
    }
    return Report(
        results=[
            Result(
                source="plan.json",
                decision=plan,
                locate=lambda subject, _: Location("infra/main.tf", 7) if subject == ADDRESS else None,
                baselined=frozenset([1]),
                excepted=[Excepted(excepted, uses[0])],
            ),
            Result(source="jobs/clean.json", decision=decided([], subjects=["clean"])),
            Result(source="broken.json", error=UnreadableInputError("no JSON", source="broken.json", line=3, column=7)),
            Result(source="slow.json", error=EngineError("too slow")),
        ],
        now=NOW,
        baseline=Comparison(source="old.json", accepted=1, fixed=[entry]),
        exit_code=3,
    )


@pytest.fixture
def hostile(finding: Make) -> Report:
    """Return a run in which every text that comes from outside tries to break out of the format."""
    bad: Any = finding(
        subject=HOSTILE,
        message=HOSTILE,
        remediation=HOSTILE,
        reference="https://docs.example/>)|\n::error::x",
        path=[HOSTILE, 0, HOSTILE],
        requirements=[HOSTILE],
    )
    waiting = {
        **bad,
        "outcome": "unverified",
        "enforcement": "warn",
        "missing": {"part": HOSTILE, "rules": ["SG-MTRL-003"]},
    }
    advice = {**bad, "outcome": "advice", "enforcement": "warn", "subject": f"b{HOSTILE}"}
    covered: Any = {**bad, "subject": f"e{HOSTILE}"}
    use: Any = {"rule": "SG-MTRL-002", "subject": HOSTILE, "reason": HOSTILE, "expires": HOSTILE, "status": "applied"}
    note = {"rule": "SG-X-001", "subject": HOSTILE, "path": [HOSTILE], "message": HOSTILE, "requirements": []}
    decision = decided(
        [bad, waiting, advice],
        subjects=[HOSTILE],
        exceptions=[use, {**use, "status": "expired"}],
        notes=[{**note, "reference": ""}],
    )
    return Report(
        results=[
            Result(
                source=HOSTILE,
                decision=decision,
                locate=lambda *_: Location(HOSTILE, 3),
                excepted=[Excepted(covered, use)],
            ),
            Result(source=HOSTILE, error=UnreadableInputError(HOSTILE, source=HOSTILE, line=1, column=1)),
            Result(source=HOSTILE, error=EngineError(HOSTILE)),
        ],
        now=NOW,
        baseline=Comparison(source=HOSTILE, accepted=0, fixed=[]),
        exit_code=3,
    )


def no_command_in(text: str) -> None:
    """Fail where a terminal or a CI system that reads the text as its log would find something to obey."""
    assert all(character.isprintable() or character == "\n" for character in text), "it steers the terminal"
    assert "##" not in text.removeprefix("## sealgate"), "Azure and TeamCity read a command"
    for line in text.splitlines():
        assert not line.lstrip().startswith("::"), "GitHub reads a command"
