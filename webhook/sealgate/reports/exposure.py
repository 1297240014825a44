"""Who can use a key, for people: the widest first, each with what it may do, by what and under which conditions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealgate.reports.explanation import statement_name
from sealgate.reports.text import Page, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sealgate.questions import Change, Denial, Exposure, Holder, KeyChange, Policy
    from sealgate.reports.text import Style

# What a key policy can give away at the most; longer lists of actions are counted.
_LISTED = 12

_STYLES: dict[str, Style] = {"everyone": "bad", "other_account": "bad", "account": "doubtful"}


def as_json(exposure: Exposure) -> str:
    """Return the exposure as JSON, indented, keys ordered."""
    return json.dumps(exposure, indent=2, sort_keys=True)


def render(exposure: Exposure, page: Page, *, compared: bool) -> str:
    """Return a block a holder, the denials and what is not known; of policies that were `compared` the difference."""
    blocks = [page.paint(f"Who can use {printable(exposure['key'])}", "strong")]
    blocks += [_holder(holder, page) for holder in exposure["holders"]]
    if not exposure["holders"]:
        blocks.append("  nobody is known to")
    if exposure["denials"]:
        blocks.append(
            "\n".join(["Denied by the key policy", *(_denial(denial, page) for denial in exposure["denials"])])
        )
    blocks += [
        page.wrapped(f"{missing['reason']}. {missing.get('supply', '')}", label="UNKNOWN", indent=0, style="doubtful")
        for missing in exposure["unknown"]
    ]
    return "\n\n".join([*blocks, *(_diff(exposure, page) if compared else ())])


def changed(changes: Sequence[KeyChange], page: Page) -> Iterator[str]:
    """Yield a block a key of a plan: who gains it, and who loses it."""
    for change in changes:
        title = page.paint(f"Who can use {printable(change['key'])}", "strong")
        by = "" if change["subject"] == change["key"] else f" (by {printable(change['subject'])})"
        lines = [page.wrapped(_change(one), label="+", indent=2, style="bad") for one in change["gained"]]
        lines += [page.wrapped(_change(one), label="-", indent=2, style="good") for one in change["lost"]]
        lines += [
            page.wrapped(f"can't be compared: {reason}", label="?", indent=2, style="doubtful")
            for reason in change["unknown"]
        ]
        yield "\n".join([f"{title}{by}", *lines])


def _holder(holder: Holder, page: Page) -> str:
    return "\n".join(
        [
            page.paint(printable(who(holder)), _STYLES.get(holder["kind"], "strong")),
            *(page.wrapped(text, label=f"{name:<10}", indent=2) for name, text in _facts(holder)),
        ]
    )


def who(change: Change) -> str:
    """Return a holder in words."""
    return {
        "everyone": "EVERYONE, in any AWS account",
        "other_account": f"ANOTHER ACCOUNT {change['who']}: the principals whose own policies allow it",
        "account": f"THE ACCOUNT {change['who']}: the principals whose own policies allow it",
        "service": f"the service {change['who']}",
        "principal": change["who"],
    }[change["kind"]]


def _facts(holder: Holder) -> Iterator[tuple[str, str]]:
    yield "may call:", actions(holder["actions"])
    if not holder["certain"]:
        yield "perhaps:", "; ".join(holder["depends_on"])
    if holder["widens"]:
        yield "and widen:", f"by {' and '.join(holder['widens'])} it can give the key to others, or itself more"
    if holder["services"]:
        yield "through:", ", ".join(holder["services"])
    if holder["conditions"]:
        yield "if:", _conditions(holder["conditions"])
    yield "by:", statement_name(holder["by"]) if holder["by"] else "a policy that is not known"


def actions(names: Sequence[str]) -> str:
    """Return actions in words; many are counted."""
    return ", ".join(names) if len(names) <= _LISTED else f"{len(names)} KMS actions (--output json lists them)"


def _conditions(conditions: Mapping[str, object]) -> str:
    return json.dumps(conditions, sort_keys=True)


def _denial(denial: Denial, page: Page) -> str:
    principal: Policy = denial["principal"]
    limits = f", if {_conditions(denial['conditions'])}" if denial["conditions"] else ""
    text = f"{actions(denial['actions'])} to {json.dumps(principal, sort_keys=True)}{limits}"
    return page.wrapped(text, label=f"{statement_name(denial['by'])}:", indent=2)


def _diff(exposure: Exposure, page: Page) -> Iterator[str]:
    diff = exposure["diff"]
    if diff is None:
        yield "The key policies can't be compared: one of them is not known."
        return
    yield _changes("Gained since the earlier key policy", diff["gained"], page, sign="+", style="bad")
    yield _changes("Lost since the earlier key policy", diff["lost"], page, sign="-", style="good")


def _changes(title: str, changes: Sequence[Change], page: Page, *, sign: str, style: Style) -> str:
    lines = [page.wrapped(_change(change), label=sign, indent=2, style=style) for change in changes]
    return "\n".join([page.paint(title, "strong"), *(lines or ["  nothing"])])


def _change(change: Change) -> str:
    limits = f", if {_conditions(change['conditions'])}" if change["conditions"] else ""
    return f"{who(change)}: {actions(change['actions'])}{limits}"
