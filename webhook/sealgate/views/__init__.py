"""What the service answers: one blueprint a surface, made by a function that takes what it needs."""

from __future__ import annotations
