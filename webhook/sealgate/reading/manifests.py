"""Kubernetes objects, as manifests and API servers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def name_of(content: Mapping[str, Any]) -> str:
    """Return what findings call an object: `<group>/<Kind> <namespace>/<name>`, without the parts that it lacks."""
    group, slash, _ = _text(content.get("apiVersion")).rpartition("/")
    metadata = content.get("metadata")
    members = metadata if isinstance(metadata, dict) else {}
    name = _text(members.get("name")) or _text(members.get("generateName"))
    place = "/".join(part for part in (_text(members.get("namespace")), name) if part)
    return f"{group}{slash}{_text(content.get('kind'))} {place}".strip()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
