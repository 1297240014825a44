"""Findings that are accepted because they were there before: written to a file once, then held against later runs."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from sealgate import __version__, fingerprints, resources
from sealgate.errors import UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sealgate.decisions import Finding

_VERSION = 1


class Entry(TypedDict):
    """A finding that is accepted, as schemas/baseline.json describes it."""

    fingerprint: str
    rule: str
    outcome: str
    subject: str
    path: list[str | int]
    message: str
    missing: NotRequired[str]


class Baseline:
    """What is accepted, and how much of it has been met so far.

    An entry accepts one finding with its fingerprint. Where there are several such, those whose message is the
    entry's own are met first, so that it is the new one of them that is left over.
    """

    def __init__(self, source: str, entries: Iterable[Entry]) -> None:
        self.source = source
        self._left: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._left[entry["fingerprint"]].append(entry)

    @classmethod
    def load(cls, source: str) -> Baseline:
        """Read a baseline. Raises UnreadableInputError with the place of what is wrong with it."""
        # Nobody who has no baseline waits for what reads one.
        from sealgate.reading import files, shapes  # noqa: PLC0415 imported where it is used: start-up stays short

        content = files.read_located(source)
        faults = shapes.faults(content.value, "baseline")
        if not faults:
            entries: list[Entry] = content.value["findings"]
            faults = [
                shapes.Fault(("findings", index), message)
                for index, entry in enumerate(entries)
                for message in _misstatements(entry, index)
            ]
        for fault in faults:
            line, column = content.position(fault.path)
            message = f"it is no baseline: {fault.message}. `sealgate check --write-baseline {source}` writes one"
            raise UnreadableInputError(message, source=source, line=line, column=column)
        return cls(source, entries)

    def accept(self, findings: Sequence[Finding]) -> frozenset[int]:
        """Return which of the findings, by their positions, are accepted. What accepts one accepts no other.

        Findings that say that an input can't be read are never accepted.
        """
        always = _always()
        accepted = set()
        for is_same_message in (True, False):
            for index, finding in enumerate(findings):
                if index in accepted or finding["rule"] in always:
                    continue
                left = self._left.get(fingerprints.of_finding(finding), [])
                entry = next((one for one in left if not is_same_message or one["message"] == finding["message"]), None)
                if entry is not None:
                    left.remove(entry)
                    accepted.add(index)
        return frozenset(accepted)

    @property
    def fixed(self) -> list[Entry]:
        """The entries that no finding has met, in the order of a baseline."""
        return sorted((entry for left in self._left.values() for entry in left), key=_order)


def acceptable(findings: Sequence[Finding]) -> frozenset[int]:
    """Return which of the findings, by their positions, a baseline may accept."""
    always = _always()
    return frozenset(index for index, finding in enumerate(findings) if finding["rule"] not in always)


def render(findings: Iterable[Finding], *, now: datetime) -> str:
    """Return the text of a baseline that accepts these findings; those that none may accept are left out."""
    listed = list(findings)
    entries = sorted((_entry(listed[index]) for index in acceptable(listed)), key=_order)
    written = {"at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"), "sealgate": __version__}
    return json.dumps({"version": _VERSION, "written": written, "findings": entries}, indent=2) + "\n"


def _always() -> frozenset[str]:
    return frozenset(rule["id"] for rule in resources.rules() if rule["always"])


def _entry(finding: Finding) -> Entry:
    entry: Entry = {
        "fingerprint": fingerprints.of_finding(finding),
        "rule": finding["rule"],
        "outcome": finding["outcome"],
        "subject": finding["subject"],
        "path": finding["path"],
        "message": finding["message"],
    }
    if "missing" in finding:
        entry["missing"] = finding["missing"]["part"]
    return entry


def _order(entry: Entry) -> tuple[Any, ...]:
    path = json.dumps(entry["path"])
    return entry["rule"], entry["subject"], path, entry["message"], entry["fingerprint"]


def _misstatements(entry: Entry, index: int) -> Iterator[str]:
    if entry["rule"] in _always():
        yield f"/findings/{index}: {entry['rule']} says that an input can't be read, and nothing accepts that"
    elif entry["fingerprint"] != fingerprints.fingerprint(
        rule=entry["rule"],
        outcome=entry["outcome"],
        subject=entry["subject"],
        path=entry["path"],
        missing=entry.get("missing"),
    ):
        yield f"/findings/{index}: the fingerprint is not that of its rule, outcome, subject and path"
