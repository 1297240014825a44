"""The report as JSON, for programs: the same shape for one source and for many, every text in ASCII."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealgate.reports import problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealgate.reports import Result


def render(results: Sequence[Result]) -> str:
    """Return `{"allowed": bool, "results": [{"source", "decision"} or {"source", "error"}]}`, indented, keys ordered.

    `allowed` holds for all sources together: one error or one denial makes it false.
    """
    report = {"allowed": all(result.allowed for result in results), "results": [_result(result) for result in results]}
    return json.dumps(report, indent=2, sort_keys=True)


def _result(result: Result) -> dict[str, object]:
    if result.error is not None:
        return {"source": result.source, "error": problem.describe(result.error)}
    return {"source": result.source, "decision": result.decision}
