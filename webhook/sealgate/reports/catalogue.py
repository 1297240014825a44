"""The rules, for people: all of them in a list, or one explained."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sealgate.reports.text import Page

_EFFECTS = {
    "required": "required: the service refuses or the job fails without it; denies",
    "recommended": "recommended: the documentation advises it; warns",
    "option": "option: legal either way; silent until the settings ask for it",
    "fact": "fact: how the service behaves; a note",
}


def as_json(value: object) -> str:
    """Return the catalogue, or a row of it, as JSON for programs."""
    return json.dumps(value, indent=2, sort_keys=True)


def listed(rules: Sequence[Mapping[str, Any]], page: Page) -> str:
    """Return a line a rule: id, level, title."""
    lines = [
        page.wrapped(rule["title"], label=f"{rule['id']:<15}{rule['level']:<12}", indent=0, style="strong")
        for rule in rules
    ]
    return "\n".join([*lines, "", "`sealgate rules ID` explains one."])


def explained(rule: Mapping[str, Any], page: Page) -> str:
    """Return everything that the catalogue says of a rule."""
    level = "always: it says that the input can't be read; denies" if rule["always"] else _EFFECTS[rule["level"]]
    members = {
        "level:": level,
        "severity:": rule["severity"],
        "why:": rule["description"],
        "fix:": rule["remediation"],
        "see:": rule["reference"],
        "meets:": ", ".join(rule["requirements"]),
    }
    lines = [page.wrapped(text, label=f"{name:<9}", indent=2, style="quiet") for name, text in members.items() if text]
    return "\n".join([f"{page.paint(rule['id'], 'strong')}  {rule['title']}", "", *lines])
