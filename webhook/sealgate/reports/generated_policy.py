"""The policies that a job needs, as JSON to paste, each under the name of whose it is."""

from __future__ import annotations

import json
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from sealgate.reports.text import Page, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.questions import GeneratedPolicies, KeyPolicy, Policy

# The order in which AWS's own examples write them.
_MEMBERS = (
    *("Version", "Id", "Statement"),
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
)


def as_json(policies: GeneratedPolicies) -> str:
    """Return the answer as JSON, indented; the members of policies stand in the order in which AWS writes them."""
    return json.dumps(_arranged(policies), indent=2)


def render(policies: GeneratedPolicies, page: Page, *, given: Policy | None) -> str:
    """Return the policies, what they were found to allow, and what to know before they are used.

    `given` is the key policy that was completed: of it the difference is shown, as `diff -u` prints it.
    """
    return "\n\n".join(
        [*_key_policies(policies, page, given), *_identity_policies(policies, page), *_found(policies, page)]
    )


def _key_policies(policies: GeneratedPolicies, page: Page, given: Policy | None) -> Iterator[str]:
    for policy in policies["key_policies"]:
        if policy["merged"] is None:
            heading = f"Statements for the key policy of {printable(policy['key'])}"
            yield f"{page.paint(heading, 'strong')}\n{_policy(policy['statements'])}"
        else:
            yield _completed(policy, policy["merged"], given or {}, page)


def _completed(policy: KeyPolicy, merged: Policy, given: Policy, page: Page) -> str:
    key = printable(policy["key"])
    if not policy["statements"]:
        return f"The key policy of {key} needs no further statement."
    listed = {**given, "Statement": merged["Statement"][: -len(policy["statements"])]}
    lines = unified_diff(
        _policy(listed).splitlines(),
        _policy(merged).splitlines(),
        fromfile="key policy as given",
        tofile="key policy as needed",
        lineterm="",
    )
    heading = page.paint(f"Change of the key policy of {key}", "strong")
    return "\n".join([heading, *(_painted(line, page) for line in lines)])


def _painted(line: str, page: Page) -> str:
    if line.startswith("+"):
        return page.paint(line, "good")
    return page.paint(line, "bad") if line.startswith("-") else line


def _identity_policies(policies: GeneratedPolicies, page: Page) -> Iterator[str]:
    for policy in policies["identity_policies"]:
        heading = f"Policy for {policy['who']}, {printable(policy['principal'])}"
        yield f"{page.paint(heading, 'strong')}\n{_policy(policy['document'])}"


def _found(policies: GeneratedPolicies, page: Page) -> Iterator[str]:
    lines = [_verified(policies, page)] if _concerns_calls(policies) else []
    lines += [
        page.wrapped(
            f"{call['principal']} {call['action']} on {call['key']}: {call['reason']}",
            label=call["decision"].upper(),
            indent=2,
            style="bad" if call["decision"] == "denied" else "doubtful",
        )
        for call in policies["unmet"]
    ]
    reasons = {call["reason"]: call["supply"] for call in policies["open"]}
    lines += [
        page.wrapped(
            f"{reason} ({_waiting(policies, reason)}). {supply or ''}", label="OPEN", indent=2, style="doubtful"
        )
        for reason, supply in reasons.items()
    ]
    lines += [page.wrapped(note, label="NOTE", indent=2, style="quiet") for note in policies["notes"]]
    yield "\n".join(lines)


def _waiting(policies: GeneratedPolicies, reason: str) -> str:
    return ", ".join(sorted({call["call"] for call in policies["open"] if call["reason"] == reason}))


def _concerns_calls(policies: GeneratedPolicies) -> bool:
    return bool(policies["key_policies"] or policies["identity_policies"] or policies["unmet"] or policies["open"])


def _verified(policies: GeneratedPolicies, page: Page) -> str:
    if not policies["verified"]:
        return page.paint("Not verified: with these policies some calls are still not allowed.", "bad")
    text = "Verified: with these policies every call that could be evaluated is allowed"
    return page.paint(f"{text}{', and none of their actions can be left out' if policies['minimal'] else ''}.", "good")


def _policy(policy: object) -> str:
    return json.dumps(_arranged(policy), indent=2)


def _arranged(value: Any) -> Any:  # noqa: ANN401 any JSON value
    """Return the value with the members of its objects in the order of policies, and others after them by name."""
    if isinstance(value, list):
        return [_arranged(element) for element in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value, key=lambda name: (_MEMBERS.index(name) if name in _MEMBERS else len(_MEMBERS), name))
    return {name: _arranged(value[name]) for name in names}
