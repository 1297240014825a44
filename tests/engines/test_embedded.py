from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import wasmtime

from sealgate.engines import documents, forks
from sealgate.engines import embedded as module
from sealgate.engines.embedded import _Slots
from sealgate.errors import EngineError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealgate.engines import Engine

PAGE = 65_536
# Takes the third power of the input's length, and no memory.
SLOW = """package sealgate

decision := {"allowed": count(_none) == 0, "value": input.echo}

_none := [1 | some a in input.list; some b in input.list; some c in input.list; a == b; b == c; a != c]
"""
FOR_SECONDS = list(range(2000))
LARGE = 'package sealgate\n\ndecision := {"value": count(input.list), "allowed": true}\n'
MANY_RULES = 'package sealgate\n\ndecision := {"findings": findings, "allowed": false}\n' + "".join(
    f"""
findings contains concat(" ", ["rule {number}", name, "{f'text{number} ' * 200}"]) if {{
	some name in input.names
	name == "name{number}"
}}
"""
    for number in range(400)
)  # fmt: skip


def clocks() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "sealgate-engine-clock"}


def test_module_of_any_size_is_loaded(embedded: Callable[..., Engine], policies: Callable[..., Any]) -> None:
    imported = wasmtime.Module(wasmtime.Engine(), policies(MANY_RULES).wasm.read_bytes()).imports
    memory = next(wanted.type for wanted in imported if isinstance(wanted.type, wasmtime.MemoryType))
    assert memory.limits.min > 3
    findings = embedded(MANY_RULES).evaluate({"names": ["name0", "name399", "none"]})["findings"]
    assert sorted(finding.split(" text")[0] for finding in findings) == ["rule 0 name0", "rule 399 name399"]


def test_large_data_is_loaded(embedded: Callable[..., Engine]) -> None:
    rego = 'package sealgate\n\ndecision := {"allowed": true, "value": data.rows[input.row]}\n'
    engine = embedded(rego, {"rows": [{"name": f"row{number}", "text": "é" * 100} for number in range(20_000)]})
    for row in (0, 19_999, 0):
        assert engine.evaluate({"row": row})["value"]["name"] == f"row{row}"


def test_evaluation_that_takes_too_long_is_ended_and_the_next_is_right(embedded: Callable[..., Engine]) -> None:
    engine = embedded(SLOW, timeout_s=0.2)
    for echo in range(3):
        started = time.monotonic()
        with pytest.raises(EngineError, match=r"no decision within 0\.2 s"):
            engine.evaluate({"list": FOR_SECONDS})
        assert 0.19 < time.monotonic() - started < 1
        assert engine.evaluate({"list": [0], "echo": echo})["value"] == echo


def test_deadline_of_one_call_is_none_of_anothers(embedded: Callable[..., Engine]) -> None:
    engine = embedded(SLOW, timeout_s=0.5)
    with ThreadPoolExecutor(1) as other:
        too_slow = other.submit(engine.evaluate, {"list": FOR_SECONDS})
        answers = 0
        while not too_slow.done():
            assert engine.evaluate({"list": [0, 1], "echo": answers})["value"] == answers
            answers += 1
        with pytest.raises(EngineError, match="within"):
            too_slow.result()
    assert answers > 10


def test_time_that_passed_before_a_call_is_not_the_calls(embedded: Callable[..., Engine]) -> None:
    engine = embedded(SLOW, timeout_s=0.3)
    for _ in range(3):
        engine.evaluate({"list": [0], "echo": 1})
        time.sleep(0.35)
    assert engine.evaluate({"list": [0], "echo": 2})["value"] == 2


def test_call_that_finds_all_instances_busy_waits_no_longer_than_its_own_timeout(
    embedded: Callable[..., Engine],
) -> None:
    engine = embedded(SLOW, timeout_s=0.5, instances=1)
    engine.evaluate({"list": [0], "echo": 0})
    with ThreadPoolExecutor(3) as threads:
        # The first runs to its own end; the others can't begin before it, and have hardly any time left if they do.
        calls = [threads.submit(engine.evaluate, {"list": FOR_SECONDS}) for _ in range(3)]
        reasons = [str(call.exception(timeout=30)) for call in calls]
    assert all("1 others are being made" in reason or "within" in reason for reason in reasons)
    assert engine.evaluate({"list": [0], "echo": 1})["value"] == 1


def test_callers_take_turns_where_there_are_more_of_them_than_instances(embedded: Callable[..., Engine]) -> None:
    engine = embedded(SLOW, timeout_s=10, instances=1)
    engine.evaluate({"list": [0], "echo": 0})
    end = time.monotonic() + 1

    def calls(_: int) -> int:
        made = 0
        while time.monotonic() < end:
            engine.evaluate({"list": list(range(60)), "echo": 1})
            made += 1
        return made

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(calls, range(4)))
    assert min(made) > max(made) / 2


def test_turn_that_comes_as_the_time_runs_out_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    slots = _Slots(1)
    assert slots.acquire(time.monotonic())
    assert not slots.acquire(time.monotonic())

    class Late:
        def acquire(self, timeout: float | None = None) -> bool:
            if timeout is not None:
                slots.release()
            return timeout is None

        def release(self) -> None:
            pass

    with monkeypatch.context() as patched:
        patched.setattr(threading, "Lock", Late)
        assert slots.acquire(time.monotonic())
    assert not slots.acquire(time.monotonic())
    slots.release()
    assert slots.acquire(time.monotonic())


def test_memory_is_capped(embedded: Callable[..., Engine]) -> None:
    engine = embedded(LARGE, memory_mib=8, timeout_s=10)
    for _ in range(2):
        with pytest.raises(EngineError, match="no decision within 8 MiB of memory"):
            engine.evaluate({"list": list(range(100_000))})
        assert engine.evaluate({"list": [1, 2]})["value"] == 2


def test_input_larger_than_all_memory_is_refused(embedded: Callable[..., Engine]) -> None:
    engine = embedded(LARGE, memory_mib=2, timeout_s=10)
    with pytest.raises(EngineError, match="no decision within 2 MiB of memory"):
        engine.evaluate({"list": ["x" * 3 * 2**20]})
    assert engine.evaluate({"list": ["x"]})["value"] == 1


def test_policies_that_do_not_fit_into_memory_say_so(embedded: Callable[..., Engine]) -> None:
    rego = "package sealgate\n\ndecision := {" + f'"allowed": input.text == "{"x" * 1_200_000}"' + "}\n"
    with pytest.raises(EngineError, match="need more than 1 MiB of memory to load"):
        embedded(rego, memory_mib=1).evaluate({})


def test_large_input_makes_room_for_itself_once(embedded: Callable[..., Engine]) -> None:
    engine = embedded(LARGE, memory_mib=64, timeout_s=10)
    text = "x" * 5 * 2**20
    for _ in range(5):
        # 5 MiB each, parsed in place: were the room not used again, the third would not fit.
        assert engine.evaluate({"list": [text, text]})["value"] == 2


def test_instance_that_has_grown_is_let_go_of(embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    made = count(monkeypatch, wasmtime, "Store")
    engine = embedded(LARGE, timeout_s=10)
    for _ in range(3):
        assert engine.evaluate({"list": [1]})["value"] == 1
    assert len(made) == 1
    many = list(range(1_000_000))
    assert engine.evaluate({"list": many})["value"] == 1_000_000
    assert len(made) == 1
    assert engine.evaluate({"list": [1]})["value"] == 1
    assert len(made) == 2


PLAN: dict[str, Any] = {"subject": {"terraform_plan": {}}}


def test_plan_has_limits_of_its_own(embedded: Callable[..., Engine]) -> None:
    engine = embedded(LARGE, memory_mib=2, plan_memory_mib=64, timeout_s=10)
    text = "x" * 3 * 2**20
    with pytest.raises(EngineError, match=r"2 MiB of memory: .* an OPA server has no such limit \(--engine opa\)$"):
        engine.evaluate({"list": [text]})
    assert engine.evaluate({"list": [text], **PLAN})["value"] == 1
    with pytest.raises(EngineError, match="no decision within 64 MiB of memory"):
        engine.evaluate({"list": list(range(1_000_000)), **PLAN})

    engine = embedded(SLOW, timeout_s=30, plan_timeout_s=0.2)
    with pytest.raises(EngineError, match=r"no decision within 0\.2 s"):
        engine.evaluate({"list": FOR_SECONDS, "echo": 1, **PLAN})


def test_plan_leaves_no_memory_behind_and_takes_no_instance_away(
    embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = count(monkeypatch, wasmtime, "Store")
    engine = embedded(LARGE, timeout_s=10)
    for _ in range(3):
        assert engine.evaluate({"list": [1], **PLAN})["value"] == 1
        assert engine.evaluate({"list": [1, 2]})["value"] == 2
    assert len(made) == 4


def test_plans_wait_for_plans_and_requests_for_neither(embedded: Callable[..., Engine]) -> None:
    engine = embedded(SLOW, timeout_s=30, plan_timeout_s=2)
    engine.evaluate({"list": [], "echo": 1})
    with ThreadPoolExecutor(3) as threads:
        plans = [threads.submit(engine.evaluate, {"list": FOR_SECONDS, **PLAN}) for _ in range(3)]
        time.sleep(0.5)
        started = time.monotonic()
        assert engine.evaluate({"list": [], "echo": 1})["value"] == 1
        assert time.monotonic() - started < 1
        reasons = sorted(str(plan.exception()) for plan in plans)
    assert [reason.partition(": ")[2] for reason in reasons] == [
        "2 others are being made",
        "the input is too large or the limit too low",
        "the input is too large or the limit too low",
    ]


def test_input_that_the_policies_give_up_at_harms_no_other(embedded: Callable[..., Engine]) -> None:
    engine = embedded('package sealgate\n\ndecision := {"allowed": true, "value": json.unmarshal(input.text)}\n')
    for number in range(3):
        with pytest.raises(EngineError, match="gave up: illegal string escape character"):
            engine.evaluate({"text": '"\\ud800"'})
        assert engine.evaluate({"text": f"[{number}]"})["value"] == [number]


def test_answer_that_is_no_json_is_no_decision(embedded: Callable[..., Engine]) -> None:
    engine = embedded('package sealgate\n\ndecision := {"allowed": true, "value": to_number(input.text)}\n')
    with pytest.raises(EngineError, match="can't be read as JSON"):
        engine.evaluate({"text": "05"})


def test_answer_with_a_member_twice_is_no_decision(embedded: Callable[..., Engine]) -> None:
    engine = embedded('package sealgate\n\ndecision := {1: input.a, "1": input.b}\n')
    with pytest.raises(EngineError, match="a member stands twice"):
        engine.evaluate({"a": True, "b": False})


def test_more_patterns_than_webassembly_keeps_give_no_decision(embedded: Callable[..., Engine]) -> None:
    # OPA keeps 100 compiled patterns, and then frees one that it still uses. Whatever that does, it must not decide.
    rego = """package sealgate

decision := {"allowed": true, "value": _matched}

_matched := {[p, x] | some p in input.patterns; some x in input.texts; regex.match(p, x)}
"""
    engine = embedded(rego, timeout_s=0.3)
    with pytest.raises(EngineError):
        engine.evaluate({"patterns": [f"^arn{number}$" for number in range(150)], "texts": ["arn7", "arn8"]})
    assert engine.evaluate({"patterns": ["^a$", "^b$"], "texts": ["b"]})["value"] == [["^b$", "b"]]


def test_built_in_function_that_webassembly_lacks_is_named(embedded: Callable[..., Engine]) -> None:
    engine = embedded('package sealgate\n\ndecision := {"allowed": true, "value": sprintf("%d", [input.n])}\n')
    with pytest.raises(EngineError, match="call sprintf, which WebAssembly does not have"):
        engine.evaluate({"n": 1})


def test_unexpected_failure_is_no_decision(embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    engine = embedded()
    engine.evaluate({"echo": 1})
    with monkeypatch.context() as patched:
        patched.setattr(wasmtime.Memory, "write", fail)
        with pytest.raises(EngineError, match="the embedded engine failed: MemoryError"):
            engine.evaluate({"echo": 1})
    assert engine.evaluate({"echo": 2})["value"] == 2


@pytest.mark.parametrize(
    ("wasm", "reason"),
    [
        (b"", "no WebAssembly module"),
        (b"\0asm", "no WebAssembly module"),
        (b"<html>", "no WebAssembly module"),
        (b"\0asm\x01\0\0\0", "do not fit together: there is no function entrypoints"),
        (wasmtime.wat2wasm('(module (import "env" "other" (func)))'), "there is no function other"),
        (wasmtime.wat2wasm("(module (func $start unreachable) (start $start))"), "failed: unreachable"),
    ],
    ids=["empty", "only a magic number", "something else", "no functions", "other imports", "ends at its start"],
)
def test_module_that_is_not_opas_gives_no_decision(
    embedded: Callable[..., Engine], tmp_path: Path, wasm: bytes, reason: str
) -> None:
    (tmp_path / "sealgate.wasm").write_bytes(wasm)
    engine = embedded(wasm=tmp_path / "sealgate.wasm")
    for _ in range(2):
        with pytest.raises(EngineError, match=reason):
            engine.evaluate({"echo": 1})


def test_half_a_module_gives_no_decision(
    embedded: Callable[..., Engine], policies: Callable[..., Any], tmp_path: Path
) -> None:
    whole = policies().wasm.read_bytes()
    (tmp_path / "sealgate.wasm").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EngineError, match="no WebAssembly module"):
        embedded(wasm=tmp_path / "sealgate.wasm").check()


@pytest.mark.parametrize(
    "functions",
    [
        (
            '(func (export "opa_json_dump") (param i32) (result i32) '
            f"(memory.fill (i32.const 0) (i32.const 120) (i32.mul (memory.size) (i32.const {PAGE}))) i32.const 0)"
        ),
        '(func (export "opa_json_dump") (param i32) (result i32) i32.const -8)',
    ],
    ids=["text without an end", "text outside of the memory"],
)
def test_answer_outside_of_the_memory_is_no_decision(
    embedded: Callable[..., Engine], tmp_path: Path, functions: str
) -> None:
    (tmp_path / "sealgate.wasm").write_bytes(
        wasmtime.wat2wasm(
            '(module (import "env" "memory" (memory 1))'
            f'(func (export "entrypoints") (result i32) i32.const 0) {functions})'
        )
    )
    with pytest.raises(EngineError, match="answered with no text"):
        embedded(wasm=tmp_path / "sealgate.wasm").evaluate({})


def test_texts_of_a_module_that_end_just_beyond_the_memory_it_asks_for_have_their_place(
    embedded: Callable[..., Engine], tmp_path: Path
) -> None:
    # OPA 1.22 writes its last texts after it has counted the pages.
    (tmp_path / "sealgate.wasm").write_bytes(
        wasmtime.wat2wasm(
            f'(module (import "env" "memory" (memory 1)) (data (i32.const {PAGE - 4}) "beyond")'
            f'(func (export "entrypoints") (result i32) i32.const {PAGE - 4})'
            '(func (export "opa_json_dump") (param i32) (result i32) local.get 0))'
        )
    )
    with pytest.raises(EngineError, match="read as JSON"):
        embedded(wasm=tmp_path / "sealgate.wasm").evaluate({})


def test_data_that_is_no_json_gives_no_decision(embedded: Callable[..., Engine], tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"tables":', encoding="utf-8")
    with pytest.raises(EngineError, match="the data of the compiled policies is no JSON"):
        embedded(data=tmp_path / "data.json").evaluate({"echo": 1})


def test_entry_point_that_was_not_compiled_gives_no_decision(embedded: Callable[..., Engine]) -> None:
    with pytest.raises(EngineError, match="no entry point sealgate/other"):
        embedded().evaluate({"echo": 1}, entrypoint="sealgate/other")


def test_result_that_is_none_of_opas_is_no_decision(
    embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = embedded()
    engine.evaluate({"echo": 1})
    monkeypatch.setattr(documents, "decode", lambda _: [{"other": {}}])
    with pytest.raises(EngineError, match="no result"):
        engine.evaluate({"echo": 1})


@pytest.mark.parametrize("name", ["wasm", "data"])
def test_compiled_policies_that_are_missing_name_the_command_that_makes_them(
    embedded: Callable[..., Engine], tmp_path: Path, name: str
) -> None:
    with pytest.raises(EngineError, match="make policies"):
        embedded(**{name: tmp_path / "none"})


def test_compiled_policies_that_can_not_be_read_say_so(embedded: Callable[..., Engine], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="can't be read"):
        embedded(wasm=tmp_path)


@pytest.mark.parametrize(
    "limit",
    [{"timeout_s": 0}, {"timeout_s": -1}, {"timeout_s": float("nan")}, {"timeout_s": float("inf")},
     {"memory_mib": 0}, {"memory_mib": 2048}, {"plan_timeout_s": 0}, {"plan_memory_mib": 2048}],
    ids=str,
)  # fmt: skip
def test_limits_that_can_not_be_are_refused(embedded: Callable[..., Engine], limit: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="must be"):
        embedded(**limit)


def test_all_memory_that_webassembly_can_address_is_a_limit(embedded: Callable[..., Engine]) -> None:
    assert embedded(memory_mib=2047).evaluate({"echo": 1})["value"] == 1


def test_nothing_runs_before_the_first_call_nor_after_closing(embedded: Callable[..., Engine]) -> None:
    others = clocks()
    engine = embedded()
    assert clocks() <= others
    engine.evaluate({"echo": 1})
    (clock,) = clocks() - others
    engine.close()
    clock.join(timeout=2)
    assert not clock.is_alive()


def test_call_that_is_under_way_ends_though_the_engine_is_closed(embedded: Callable[..., Engine]) -> None:
    engine = embedded(SLOW, timeout_s=20)
    engine.evaluate({"list": [0], "echo": 0})
    with ThreadPoolExecutor(2) as threads:
        right = threads.submit(engine.evaluate, {"list": list(range(350)), "echo": "right"})
        time.sleep(0.3)
        engine.close()
        assert right.result()["value"] == "right"
        with pytest.raises(EngineError, match="closed"):
            engine.evaluate({"list": [0], "echo": 1})


def test_call_that_the_closing_overtakes_gives_no_decision(
    embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = embedded()

    def encode(_: object) -> bytes:
        engine.close()
        return b"{}"

    monkeypatch.setattr(documents, "encode", encode)
    with pytest.raises(EngineError, match="the embedded engine is closed"):
        engine.evaluate({"echo": 1})


def test_nesting_that_webassembly_has_no_stack_for_gives_no_decision(
    embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Newer versions of Python write JSON that is nested more deeply than this one does.
    engine = embedded()
    with monkeypatch.context() as patched:
        patched.setattr(documents, "encode", lambda _: b'{"echo":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
        with pytest.raises(EngineError, match="nested too deeply"):
            engine.evaluate({})
    assert engine.evaluate({"echo": 1})["value"] == 1


def test_policies_are_read_once(embedded: Callable[..., Engine], policies: Callable[..., Any], tmp_path: Path) -> None:
    compiled = policies()
    for name, path in {"wasm": compiled.wasm, "data": compiled.data}.items():
        (tmp_path / name).write_bytes(path.read_bytes())
    engine = embedded(wasm=tmp_path / "wasm", data=tmp_path / "data")
    for name in ("wasm", "data"):
        (tmp_path / name).write_bytes(b"an upgrade, half done")
    assert engine.evaluate({"echo": 1})["value"] == 1


def test_starting_over_takes_a_clock_and_instances_of_its_own(
    embedded: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = embedded(SLOW, timeout_s=0.3)
    engine.evaluate({"list": [0], "echo": 1})
    made = count(monkeypatch, wasmtime, "Store")
    compiled = count(monkeypatch, wasmtime.Module, "serialize")
    forks.start_over()  # what happens in a forked child
    assert engine.evaluate({"list": [0], "echo": 2})["value"] == 2
    assert len(made) == 1
    assert compiled == []
    with pytest.raises(EngineError, match="within"):
        engine.evaluate({"list": FOR_SECONDS})


FORKED = """
import os, sys, threading, time
from pathlib import Path
from sealgate.engines.embedded import EmbeddedEngine
from sealgate.errors import EngineError

wasm, data, cache, when = sys.argv[1:]
engine = EmbeddedEngine(wasm=Path(wasm), data=Path(data), cache_dir=Path(cache), timeout_s=0.5)
other = EmbeddedEngine(wasm=Path(wasm), data=Path(data), cache_dir=Path(cache) / "other", timeout_s=0.5)

def answers_right():
    for echo in range(20):
        assert engine.evaluate({"list": [0], "echo": echo})["value"] == echo

def is_ended():
    started = time.monotonic()
    try:
        engine.evaluate({"list": list(range(2000))})
    except EngineError as error:
        assert "0.5 s" in str(error), error
        assert time.monotonic() - started < 1.5
    else:
        raise AssertionError("it was not ended")

busy = []
if when != "before the first call":
    answers_right()
if when == "while others evaluate":
    def evaluate():
        while busy:
            engine.evaluate({"list": list(range(20)), "echo": 1})
    busy = [threading.Thread(target=evaluate, daemon=True) for _ in range(3)]
    for thread in busy:
        thread.start()
    time.sleep(0.1)
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        try:
            answers_right()
            is_ended()
            # Compiled for the first time, in a child of a process that has compiled before.
            assert other.evaluate({"list": [0], "echo": 3})["value"] == 3
            several = [threading.Thread(target=answers_right) for _ in range(4)]
            for thread in several:
                thread.start()
            for thread in several:
                thread.join()
            grandchild = os.fork()
            if grandchild == 0:
                answers_right()
                is_ended()
                os._exit(0)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]))
        except BaseException as error:
            print(type(error), error, flush=True)
            os._exit(1)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
running, busy = busy, []
for thread in running:
    thread.join()
answers_right()
is_ended()
engine.close()
print(codes)
"""


@pytest.mark.parametrize("when", ["before the first call", "after the first call", "while others evaluate"])
def test_forked_child_decides_right_and_in_time(policies: Callable[..., Any], tmp_path: Path, when: str) -> None:
    compiled = policies(SLOW)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED, compiled.wasm, compiled.data, tmp_path, when],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PYTHONPATH": str(Path(module.__file__).parents[2])},
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("[0, 0, 0]\n", "")


def count(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[None]:
    """Return a list that grows by one with every call of `owner`'s `name`."""
    calls: list[None] = []
    original = getattr(owner, name)

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(None)
        return original(*arguments, **options)

    monkeypatch.setattr(owner, name, counted)
    return calls
