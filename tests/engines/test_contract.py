"""What both engines must do alike, on policies that do what the input says."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from sealgate.engines.opa import OpaEngine
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.engines import Engine

REGO = r"""package sealgate

decision := input.answer

decision := {"allowed": true, "value": _value}

_value := input.echo if input.case == "echo"
_value := {x | some x in input.list} if input.case == "set"
_value := {x: "v" | some x in input.list} if input.case == "keys"
_value := sort(input.list) if input.case == "sort"
_value := sum(input.list) if input.case == "sum"
_value := input.list[0] / input.list[1] if input.case == "quotient"
_value := input.list[0] == input.list[1] if input.case == "equal"
_value := data.tables[input.key] if input.case == "table"
_value := {p | some p in input.patterns; some x in input.list; regex.match(p, x)} if input.case == "regex"
_value := {p | some p in input.patterns; some x in input.list; glob.match(p, [":"], x)} if input.case == "glob"
_value := not_a_string if input.case == "type"
_value := json.unmarshal(input.text) if input.case == "unmarshal"
_value := to_number(input.text) if input.case == "to_number"
_value := count(_none) if input.case == "slow"

_none := [1 | some a in input.list; some b in input.list; some c in input.list; a == b; b == c; a != c]

default not_a_string := false

not_a_string if not startswith(input.number, "x")
"""
DATA = {"tables": {"kms": {"forms": ["key_arn", "schlüssel"]}, "zwölf": 12}}


@pytest.fixture(params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest, embedded: Callable[..., Engine]) -> Iterator[Engine]:
    """Return each engine in turn, with the policies above."""
    if request.param == "embedded":
        yield embedded(REGO, DATA, timeout_s=30)
        return
    shared_server = request.getfixturevalue("shared_server")
    with closing(OpaEngine(url=shared_server(REGO, DATA).url, timeout_s=30)) as opa:
        yield opa


def value(engine: Engine, case: str, **members: Any) -> Any:
    answer = engine.evaluate({"case": case, **members})
    assert answer["allowed"] is True
    return answer["value"]


def canonical(members: list[Any]) -> list[str]:
    """Return a set as text, in an order that does not depend on the engine's."""
    return sorted(json.dumps(member, sort_keys=True) for member in members)


@pytest.mark.parametrize(
    "echo",
    [
        None,
        True,
        "",
        "a\0b\x01\x1f\x7f",
        'quoted "\\" \n\r\t\b\f/',
        "é ß 漢字 😀 \u2028\u2029 \ufeff \uffff e\u0301",
        "<script>&amp;",
        {"": 1, "a\0b": 2, "é😀": {"x": []}, '"': {}},
        [[], {}, [[]], [{}], ""],
        {"nested": [{"deeply": [{"in": "it"}]}]},
        "x" * 300_000,
        ["y"] * 20_000,
    ],
    ids=lambda echo: repr(echo)[:20],
)
def test_what_is_given_comes_back_unchanged(engine: Engine, echo: object) -> None:
    assert value(engine, "echo", echo=echo) == echo


@pytest.mark.parametrize(
    "number",
    [0, -1, 1.0, -0.0, 1e2, 0.1, 1e-7, 1e22, 5e-324, 1.7976931348623157e308, 2**53 + 1, 2**63, 2**64, -(10**40)],
)
def test_number_comes_back_with_its_type_and_every_digit(engine: Engine, number: float) -> None:
    assert repr(value(engine, "echo", echo=number)) == repr(number)


def test_numbers_are_added_exactly(engine: Engine) -> None:
    assert value(engine, "sum", list=[0.1, 0.2]) == 0.3
    assert value(engine, "sum", list=[2**53, 1]) == 2**53 + 1
    assert value(engine, "sum", list=[2**63, 2**63]) == 2**64


def test_numbers_are_divided_to_the_same_quotient(engine: Engine) -> None:
    assert math.isclose(value(engine, "quotient", list=[1, 3]), 1 / 3, rel_tol=1e-15)
    assert value(engine, "quotient", list=[6, 3]) == 2


def test_equal_numbers_of_different_text_are_equal(engine: Engine) -> None:
    assert value(engine, "equal", list=[1, 1.0]) is True
    assert value(engine, "equal", list=[100, 1e2]) is True
    assert value(engine, "equal", list=[2**53, 2**53 + 1]) is False


def test_set_has_the_same_members_in_whatever_order(engine: Engine) -> None:
    members = [None, False, 7, "seven", "😀", ["a", 1], {"b": [2]}, *range(100), *(f"m{i}" for i in range(100))]
    assert canonical(value(engine, "set", list=[*members, *members])) == canonical([*members[:2], *members[3:]])


def test_keys_of_objects_become_texts(engine: Engine) -> None:
    assert value(engine, "keys", list=["a", 1, True, None]) == {"a": "v", "1": "v", "true": "v", "null": "v"}


def test_texts_are_sorted_by_code_point(engine: Engine) -> None:
    texts = ["é", "z", "a", "Z", "", "😀", "\uffff", "漢", "aa"]
    assert value(engine, "sort", list=texts) == sorted(texts)


def test_data_is_read_beside_the_policies(engine: Engine) -> None:
    assert value(engine, "table", key="kms") == {"forms": ["key_arn", "schlüssel"]}
    assert value(engine, "table", key="zwölf") == 12


@pytest.mark.parametrize(("case", "pattern"), [("regex", "^arn:{}:.*$"), ("glob", "arn:{}:**")])
def test_99_patterns_match_what_they_should(engine: Engine, case: str, pattern: str) -> None:
    patterns = [pattern.format(number) for number in range(99)]
    texts = ["arn:7:key", "arn:42:key", "arn:98:key/x", "arn:99:key"]
    matched = value(engine, case, patterns=patterns, list=texts)
    assert sorted(matched) == sorted(pattern.format(number) for number in (7, 42, 98))


def test_built_in_function_that_fails_is_undefined(engine: Engine) -> None:
    assert value(engine, "type", number=5) is True
    assert value(engine, "type", number="x5") is False


def test_every_mapping_and_list_of_json_is_an_input(engine: Engine) -> None:
    document = MappingProxyType({"case": "echo", "echo": OrderedDict(a=(1, 2))})
    assert engine.evaluate(document)["value"] == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("echo", "reason"),
    [
        ("\ud800", "half of a surrogate pair"),
        ("\ud83d\ude00", "half of a surrogate pair"),
        ({"\udfff": 1}, "half of a surrogate pair"),
        (math.nan, "JSON"),
        (-math.inf, "JSON"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
        (datetime(2026, 1, 1, tzinfo=UTC), "datetime"),
        ({("a", "b"): 1}, "keys"),
        (10**5000, "JSON"),
    ],
    ids=[
        "half a pair",
        "two halves",
        "half a pair as key",
        "NaN",
        "infinity",
        "bytes",
        "set",
        "date",
        "key",
        "5000 digits",
    ],
)
def test_what_is_no_json_is_refused_before_the_engine_sees_it(engine: Engine, echo: object, reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        engine.evaluate({"case": "echo", "echo": echo})
    assert value(engine, "echo", echo="still here") == "still here"


def test_input_nested_too_deeply_gives_no_decision(engine: Engine) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(EngineError, match="nested too deeply"):
        engine.evaluate({"case": "echo", "echo": deep})


def test_input_that_holds_itself_gives_no_decision(engine: Engine) -> None:
    circle: dict[str, Any] = {"case": "echo"}
    circle["echo"] = circle
    with pytest.raises(EngineError, match="JSON"):
        engine.evaluate(circle)


def test_undefined_decision_is_no_decision(engine: Engine) -> None:
    with pytest.raises(EngineError, match="undefined"):
        engine.evaluate({})
    with pytest.raises(EngineError, match="undefined"):
        engine.evaluate({"case": "table", "key": "no such"})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [([], "a list"), ("yes", "a text"), (True, "true or false"), (False, "true or false"), (1, "a number"),
     (1.5, "a number"), (None, "null")],
)  # fmt: skip
def test_decision_that_is_no_object_is_no_decision(engine: Engine, answer: object, kind: str) -> None:
    with pytest.raises(EngineError, match=f"answered with {kind}, where a decision is an object"):
        engine.evaluate({"answer": answer})


def test_two_decisions_are_no_decision(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.evaluate({"answer": {"allowed": False}, "case": "echo", "echo": 1})


@pytest.mark.parametrize("text", ['"\\ud800"', "[1,", "", "nul"])
def test_text_that_is_no_json_never_passes_for_a_value(engine: Engine, text: str) -> None:
    # WebAssembly gives up at half a surrogate pair, a server puts U+FFFD in its place: neither keeps what was written.
    try:
        read = value(engine, "unmarshal", text=text)
    except EngineError:
        read = None
    assert read in {None, "\ufffd"}


@pytest.mark.parametrize("text", ["05", ".5", "1e400", "x"])
def test_number_that_json_has_not_gives_no_decision(engine: Engine, text: str) -> None:
    # WebAssembly copies such a number into its answer, as it stands.
    with pytest.raises(EngineError):
        value(engine, "to_number", text=text)


def test_many_threads_get_each_their_own_answer(engine: Engine) -> None:
    start = threading.Barrier(8)

    def ask(thread: int) -> list[Any]:
        start.wait()
        return [value(engine, "echo", echo=[thread, number, "x" * number]) for number in range(200)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert answers == [[[thread, number, "x" * number] for number in range(200)] for thread in range(8)]


def test_check_passes_where_a_decision_says_whether_the_subject_is_allowed(
    embedded: Callable[..., Engine], shared_server: Callable[..., Any]
) -> None:
    rego = 'package sealgate\n\ndecision := {"allowed": false} if input.subject\n'
    embedded(rego).check()
    with closing(OpaEngine(url=shared_server(rego).url)) as opa:
        opa.check()


def test_check_fails_where_other_policies_answer(
    embedded: Callable[..., Engine], shared_server: Callable[..., Any]
) -> None:
    rego = 'package sealgate\n\ndecision := {"allow": true}\n'
    with pytest.raises(EngineError, match="without saying whether the subject is allowed"):
        embedded(rego).check()
    with (
        closing(OpaEngine(url=shared_server(rego).url)) as opa,
        pytest.raises(EngineError, match="without saying whether the subject is allowed"),
    ):
        opa.check()


def test_closed_engine_gives_no_decision(engine: Engine) -> None:
    assert value(engine, "echo", echo=1) == 1
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.evaluate({"case": "echo", "echo": 1})
    with pytest.raises(EngineError, match="closed"):
        engine.check()


def test_timeout_holds_for_every_call(embedded: Callable[..., Engine], shared_server: Callable[..., Any]) -> None:
    url = shared_server(REGO, DATA).url
    for engine in (embedded(REGO, DATA, timeout_s=0.25), OpaEngine(url=url, timeout_s=0.25)):
        with closing(engine):
            assert value(engine, "slow", list=[1, 2]) == 0
            for _ in range(2):
                started = time.monotonic()
                with pytest.raises(EngineError, match=r"within 0\.25 s"):
                    engine.evaluate({"case": "slow", "list": list(range(3000))})
                assert 0.2 < time.monotonic() - started < 1.5
            assert value(engine, "slow", list=[1, 2]) == 0


def test_caller_s_own_time_holds_where_it_is_shorter(
    embedded: Callable[..., Engine], shared_server: Callable[..., Any]
) -> None:
    url = shared_server(REGO, DATA).url
    for engine in (embedded(REGO, DATA, timeout_s=10), OpaEngine(url=url, timeout_s=10)):
        with closing(engine):
            started = time.monotonic()
            with pytest.raises(EngineError, match=r"within 0\.2 s") as caught:
                engine.evaluate({"case": "slow", "list": list(range(3000))}, timeout_s=0.2)
            assert time.monotonic() - started < 1.5
            assert caught.value.kind == "timeout"
            assert engine.evaluate({"case": "slow", "list": [1, 2]}, timeout_s=60)["value"] == 0
    for engine in (embedded(REGO, DATA, timeout_s=0.2), OpaEngine(url=url, timeout_s=0.2)):
        with closing(engine), pytest.raises(EngineError, match=r"within 0\.2 s"):
            engine.evaluate({"case": "slow", "list": list(range(3000))}, timeout_s=60)
