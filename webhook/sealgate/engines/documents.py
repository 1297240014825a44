"""JSON on its way into an engine and out of it: as strict as the strictest of the engines, so that they agree."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, NoReturn

from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

DECISION: Final = "sealgate/decision"

# The smallest input document that names a job. What is decided about it does not matter; that it is, does.
PROBE: Final = {
    "subject": {"aws_request": {"service": "sagemaker", "operation": "CreateTrainingJob", "parameters": {}}}
}


def holds_plan(document: Mapping[str, Any]) -> bool:
    """Return whether a Terraform plan is what `document` asks about: it may take more than a request."""
    subject = document.get("subject")
    return isinstance(subject, dict) and "terraform_plan" in subject


def encode(document: Mapping[str, Any]) -> bytes:
    """Return `document` as JSON in UTF-8.

    Raises EngineError for what is no JSON, or what engines read differently: NaN and infinities, other types than
    JSON's own, half of a surrogate pair, nesting that is too deep.
    """
    try:
        # Not as ASCII: its escapes would let through the surrogates that UTF-8 refuses.
        return json.dumps(dict(document), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise EngineError(f"the input document holds {half}, half of a surrogate pair, which is no text") from None
    except RecursionError:
        raise EngineError("the input document is nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise EngineError(f"the input document can't be written as JSON: {error}") from None


def decode(answer: bytes) -> object:
    """Return what `answer` says in JSON. Raises EngineError where it is not exactly one JSON value in UTF-8."""
    try:
        value: object = _DECODER.decode(answer.decode())
    except RecursionError:
        raise EngineError("the engine's answer is nested too deeply", kind="answer") from None
    except ValueError as error:
        raise EngineError(f"the engine's answer can't be read as JSON: {error}", kind="answer") from None
    return value


def decision(value: object) -> dict[str, Any]:
    """Return `value` if it is an object, as every answer is. Raises EngineError otherwise."""
    if isinstance(value, dict):
        return value
    raise EngineError(f"the policies answered with {_kind(value)}, where a decision is an object", kind="answer")


def require_verdict(value: Mapping[str, Any]) -> None:
    """Raise EngineError unless the decision `value` says whether the subject is allowed: other policies may not."""
    if not isinstance(value.get("allowed"), bool):
        message = "the policies answer without saying whether the subject is allowed: are they sealgate's?"
        raise EngineError(message, kind="answer")


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(value), "null")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is too large a number")
    return value


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member stands twice in an object")
    return found


_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
