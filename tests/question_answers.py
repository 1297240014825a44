"""An answer of each question, with nothing in it: a test adds what it is about."""

from __future__ import annotations

from typing import Any

from tests.question_cases import KEY

VERSION = {"policies": "0.1.0+0123456789ab", "schema": 1}
EXPLANATION: dict[str, Any] = {"calls": [], "problems": [], "version": VERSION}
POLICIES: dict[str, Any] = {
    "key_policies": [],
    "identity_policies": [],
    "verified": True,
    "minimal": True,
    "unmet": [],
    "open": [],
    "notes": [],
    "problems": [],
    "version": VERSION,
}
EXPOSURE: dict[str, Any] = {
    "key": KEY,
    "holders": [],
    "denials": [],
    "unknown": [],
    "diff": None,
    "problems": [],
    "version": VERSION,
}
