from __future__ import annotations

import sys
from typing import Any

import pytest

from sealgate.context import sources
from sealgate.context.settings import AwsSettings
from sealgate.context.sources import Knowledge
from sealgate.errors import SettingsError

CALLER = {"arn": "arn:aws:sts::111122223333:assumed-role/Submitter/jane"}


class Said:
    """A source that says what it was made with, and remembers what it was asked."""

    def __init__(self, **facts: Any) -> None:
        self.facts_of_all = facts
        self.asked: list[tuple[dict[str, Any], bool, float | None]] = []

    def facts(self, _: Any, known: Any, *, own_caller: bool = False, deadline: float | None = None) -> dict[str, Any]:
        self.asked.append((dict(known), own_caller, deadline))
        return self.facts_of_all


def test_without_a_source_the_settings_and_the_caller_are_all_there_is() -> None:
    knowledge = Knowledge(defaults={"region": "us-west-2"})
    assert knowledge.of({}, given={"account": "111122223333", "region": "eu-west-1"}) == (
        {"region": "us-west-2", "account": "111122223333"},
        ["/account"],
    )


def test_what_aws_says_comes_before_the_callers_word() -> None:
    knowledge = Knowledge(source=Said(buckets={"a": None}, jobs={}))
    context, from_caller = knowledge.of({}, given={"buckets": {"a": {}, "b": None}})
    assert context == {"buckets": {"a": None, "b": None}, "jobs": {}}
    assert from_caller == ["/buckets/b"]


def test_the_source_knows_what_is_known_of_the_request() -> None:
    source = Said()
    Knowledge(defaults={"region": "us-west-2"}, source=source, own_caller=True).of(
        {}, known={"account": "111122223333"}, given={"caller": CALLER}, deadline=7.0
    )
    assert source.asked == [({"region": "us-west-2", "account": "111122223333", "caller": CALLER}, True, 7.0)]


def test_a_caller_that_aws_completes_is_still_the_callers_word() -> None:
    completed = {**CALLER, "role_arn": "arn:aws:iam::111122223333:role/path/Submitter"}
    context, from_caller = Knowledge(source=Said(caller=completed)).of({}, given={"caller": CALLER})
    assert context["caller"] == completed
    assert from_caller == ["/caller"]


def test_without_botocore_the_settings_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sealgate.context.aws", raising=False)
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    for name in [
        name for name in sys.modules if name.startswith("sealgate.context.") and name.endswith(("asking", "sessions"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SettingsError, match=r"pip install 'sealgate\[aws\]'"):
        sources.of_aws(AwsSettings())
