"""Property tests run on machines that do other things too: how long one example takes says nothing."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
