"""The operations that the policies know: where each names its KMS keys, what for, and what keys those may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sealgate.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sealgate.reports.text import Page

_FORMS = {"key_id": "key id", "key_arn": "key ARN", "alias": "alias", "alias_arn": "alias ARN"}

# What AWS states of a key, by column and word of the table of key kinds.
_KINDS = {
    ("symmetric", "required"): "symmetric",
    ("symmetric", "asymmetric_required"): "asymmetric, for signing",
    ("customer_managed", "required"): "customer managed",
    ("enabled", "required"): "enabled",
    ("same_region", "required"): "of the request's Region",
    ("single_region", "required"): "single-Region",
}

_LOCAL_STORAGE = {
    "refused": "refused with local storage",
    "ineffective": "does not cover local storage",
}

_FOOTER = (
    f"{', '.join(_FORMS.values())}. After the forms stands what AWS states of the key; nothing else is asked of it."
)

# Longer members have a line to themselves.
_MEMBER_WIDTH = 44


def described(
    operations: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Return the operations with their key members, ordered by name.

    `operations` and `kinds` are the tables of operations and of key kinds. Each operation is `{operation, service,
    system, keys, models}`; a key `{member, use, forms, documented, kind, local_storage, sources}`, where `kind` holds
    what AWS states of it and `sources` the words in which AWS does.
    """
    return [
        {
            "operation": operation,
            "service": row["service"],
            "system": row["system"],
            "keys": [_key(key, kinds[operation][".".join(key["path"])]) for key in row["keys"]],
            "models": [".".join(path) for path in row["models"]],
        }
        for operation, row in sorted(operations.items())
    ]


def as_json(operations: Sequence[Mapping[str, Any]]) -> str:
    """Return what `described` returned as JSON for programs."""
    return json.dumps({"operations": operations}, indent=2, sort_keys=True)


def listed(operations: Sequence[Mapping[str, Any]], page: Page) -> str:
    """Return what `described` returned for people: each operation, and a line for each of its key members."""
    members = [key["member"] for operation in operations for key in operation["keys"]]
    width = min(max(map(len, members), default=0), _MEMBER_WIDTH)
    blocks = ["\n".join(_block(operation, width, page)) for operation in operations]
    return "\n\n".join([*blocks, page.wrapped(_FOOTER, label="any form:", indent=0, style="quiet")])


def _key(row: Mapping[str, Any], kind: Mapping[str, Any]) -> dict[str, Any]:
    key = {
        "member": ".".join(row["path"]),
        "use": row["use"],
        "forms": row["forms"],
        "documented": row["documented"],
        "kind": {column: word for column, word in kind.items() if column not in {"requirements", "sources"}},
        "sources": {**row["sources"], **kind["sources"]},
    }
    return key | {name: row[name] for name in ("local_storage",) if name in row}


def _block(operation: Mapping[str, Any], width: int, page: Page) -> Iterator[str]:
    yield page.paint(printable(operation["operation"]), "strong")
    for key in operation["keys"]:
        member = key["member"]
        if len(member) > width:
            yield f"  {member}"
            member = ""
        yield page.wrapped(_facts(key), label=f"{member:<{width}} {key['use']:<12}", indent=2)
    for model in operation["models"]:
        yield page.wrapped("names a model, whose own key must be usable", label=f"{model:<{width}}", indent=2)


def _facts(key: Mapping[str, Any]) -> str:
    every = set(key["forms"]) == set(_FORMS)
    forms = "any form" if every else " or ".join(words for form, words in _FORMS.items() if form in key["forms"])
    stated = [words for (column, word), words in _KINDS.items() if key["kind"].get(column) == word]
    storage = _LOCAL_STORAGE.get(key.get("local_storage", ""))
    return "; ".join(part for part in (forms, ", ".join(stated), storage) if part)
