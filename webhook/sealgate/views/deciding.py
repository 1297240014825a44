"""What every surface does for a decision: ask the engine, count it, and write it down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import g

from sealgate import decisions
from sealgate.decision_log import Asker, DecisionLog
from sealgate.errors import EngineError
from sealgate.views import access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealgate.decisions import Decision
    from sealgate.engines import Engine
    from sealgate.metrics import Metrics
    from sealgate.settings import Settings


class Decider:
    """Decides for the surfaces of one app."""

    def __init__(self, engine: Engine, settings: Settings, metrics: Metrics) -> None:
        self._engine = engine
        self._metrics = metrics
        self._log = DecisionLog(
            enabled=settings.log_decisions, key_arns=settings.log_key_arns, usernames=settings.log_usernames
        )

    def decide(  # noqa: PLR0913 - each is said by one surface or another
        self,
        surface: str,
        document: Mapping[str, Any],
        *,
        uid: str | None = None,
        username: str | None = None,
        dry_run: bool = False,
        deadline: float | None = None,
    ) -> Decision:
        """Return the decision on an input document; with a `deadline`, before the monotonic clock shows it.

        `uid`, `username` and `dry_run` are what an API server says of its request. Raises EngineError where there is
        no decision, or none in time.
        """
        asker = Asker(request_id=g.request_id, uid=uid, username=username, dry_run=dry_run)
        started = time.perf_counter()

        def write_down(outcome: Decision | EngineError) -> None:
            seconds = time.perf_counter() - started
            self._metrics.observe(surface, outcome, seconds)
            self._log.write(surface, asker, document["subject"], outcome, seconds)

        try:
            decision = decisions.decide(self._engine, document, timeout_s=_left(deadline))
        except EngineError as error:
            write_down(error)
            raise
        write_down(decision)
        access.remember(decision)
        return decision


def _left(deadline: float | None) -> float | None:
    """Return the seconds that are left. Raises EngineError where there are none."""
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise EngineError("no decision in time: reading the request has taken all of it", kind="timeout")
    return left
