"""A verdict as AWS's clients and a gateway's log read it: an error of the API, and a header with the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sealgate.gateway import Verdict

CODE = "AccessDeniedException"

_MOST_RULES = 50


def headers(verdict: Verdict, *, is_json_1_1: bool, request_id: str) -> dict[str, str]:
    """Return the headers of an error: clients of REST-JSON read its code there, those of JSON 1.1 from the body."""
    return {
        "Content-Type": "application/x-amz-json-1.1" if is_json_1_1 else "application/json",
        "x-amzn-errortype": CODE,
        "x-amzn-requestid": request_id,
        **rules(verdict),
    }


def body(verdict: Verdict) -> dict[str, str]:
    """Return the body of an error as a JSON object."""
    return {"__type": CODE, "message": verdict.message}


def rules(verdict: Verdict) -> dict[str, str]:
    """Return the header that names the rules that found something; none where none did."""
    return {"x-sealgate-rules": ", ".join(verdict.rules[:_MOST_RULES])} if verdict.rules else {}
