"""What a forked child must not share with its parent: there, every engine starts over."""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forkable(Protocol):
    """Something with threads, locks or connections, which a fork copies or cuts off."""

    def start_over(self) -> None:
        """Let go of all that the parent still uses, without ending it, and take no lock of the parent's."""


_FORKABLE: weakref.WeakSet[Forkable] = weakref.WeakSet()


def watch(forkable: Forkable) -> None:
    """See to it that `forkable` starts over in every child that is forked from now on."""
    _FORKABLE.add(forkable)


def start_over() -> None:
    """Let everything that is watched start over, as in a forked child."""
    for forkable in list(_FORKABLE):
        forkable.start_over()


if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=start_over)
