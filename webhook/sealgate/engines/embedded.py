"""The policies as WebAssembly, run inside this process by wasmtime."""

from __future__ import annotations

import hashlib
import logging
import math
import platform
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import wasmtime

from sealgate.engines import documents, forks
from sealgate.engines.native_cache import NativeCache
from sealgate.errors import EngineError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Addresses past 2 GiB turn negative in WebAssembly, and what lies there is lost.
_MOST_MEMORY_MIB: Final = 2047
_PAGE: Final = 65_536
# How precisely an evaluation is ended.
_TICK_S: Final = 0.01
# Each may hold as much as there is for a plan.
_PLANS_AT_ONCE: Final = 2
# WebAssembly memory never shrinks: an instance that has grown by more is let go of.
_KEPT_GROWTH: Final = 64 * 1024 * 1024

# What the policies import. They are compiled to call no host function but the one that gives up; each of these notes
# what it was called with and ends the evaluation, without a way back into Python.
_HOST: Final = """
(module
  (global $aborted (export "aborted") (mut i32) (i32.const 0))
  (global $builtin (export "builtin") (mut i32) (i32.const -1))
  (func (export "opa_abort") (param i32) local.get 0 global.set $aborted unreachable)
  (func (export "opa_println") (param i32))
  (func (export "opa_builtin0") (param i32 i32) (result i32) local.get 0 global.set $builtin unreachable)
  (func (export "opa_builtin1") (param i32 i32 i32) (result i32) local.get 0 global.set $builtin unreachable)
  (func (export "opa_builtin2") (param i32 i32 i32 i32) (result i32) local.get 0 global.set $builtin unreachable)
  (func (export "opa_builtin3") (param i32 i32 i32 i32 i32) (result i32) local.get 0 global.set $builtin unreachable)
  (func (export "opa_builtin4") (param i32 i32 i32 i32 i32 i32) (result i32)
    local.get 0 global.set $builtin unreachable))
"""

_log = logging.getLogger(__name__)

# What a parent process left in its forked children. Freeing it there could wait for a lock that nobody holds any more.
_LEFT_BEHIND: Final[list[object]] = []


class EmbeddedEngine:
    """Evaluates policies that `opa build -t wasm` compiled, in this process, on as many threads as ask at once.

    `wasm` and `data` are the compiled policies and the data document they read; both are read once, here. One decision
    takes at most `timeout_s` seconds and `memory_mib` MiB (1 to 2047); `instances` of them are made at the same time,
    and memory is held for so many at most. A decision on a Terraform plan has limits of its own, `plan_timeout_s` and
    `plan_memory_mib`; two of them are made at the same time, and none leaves memory behind.

    Compiling takes a good part of a second, so the native module is kept in `cache_dir`, by default the user's own
    cache directory, if nobody else can write there.

    Raises SettingsError for limits that can't be, EngineError where a file is missing.
    """

    name = "embedded"

    def __init__(  # noqa: PLR0913 - each is a limit of its own
        self,
        *,
        wasm: Path,
        data: Path,
        timeout_s: float = 2.0,
        memory_mib: int = 512,
        plan_timeout_s: float = 120.0,
        plan_memory_mib: int = _MOST_MEMORY_MIB,
        cache_dir: Path | None = None,
        instances: int = 4,
    ) -> None:
        self._policies = _Policies(_content(wasm), _content(data))
        self._limits = _Limits(timeout_s, memory_mib, instances)
        self._plan_limits = _Limits(plan_timeout_s, plan_memory_mib, _PLANS_AT_ONCE, keeps_instances=False)
        self._cache = NativeCache(cache_dir)
        self._native: bytes | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._runtime: _Runtime | None = None
        forks.watch(self)

    def evaluate(
        self, document: Mapping[str, Any], *, entrypoint: str = documents.DECISION, timeout_s: float | None = None
    ) -> dict[str, Any]:
        """Return the decision on `document`, or the value of another entry point; see `Engine`."""
        try:
            return self._evaluate(document, entrypoint, timeout_s)
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(f"the embedded engine failed: {type(error).__name__}: {error}") from error

    def check(self) -> None:
        """Raise EngineError unless a decision could be had now."""
        documents.require_verdict(self.evaluate(documents.PROBE))

    def close(self) -> None:
        """Let go of all instances; an evaluation that is under way still ends."""
        with self._lock:
            self._closed = True
            runtime, self._runtime = self._runtime, None
        if runtime is not None:
            runtime.close()

    def start_over(self) -> None:
        """Forget the parent's threads, locks and instances, in a forked child."""
        _LEFT_BEHIND.append(self._runtime)
        self._runtime = None
        self._lock = threading.Lock()

    def _evaluate(self, document: Mapping[str, Any], entrypoint: str, timeout_s: float | None) -> dict[str, Any]:
        asked = time.monotonic()
        runtime = self._running()
        limits = self._plan_limits if documents.holds_plan(document) else self._limits
        until = _Deadline.after(limits.timeout_s)
        if timeout_s is not None:
            # Loading the policies is not the caller's fault, and yet within the caller's time.
            until = min(until, _Deadline(asked + timeout_s, timeout_s))
        match documents.decode(runtime.evaluate(documents.encode(document), entrypoint, until, limits)):
            case []:
                raise EngineError(f"the compiled policies leave {entrypoint} undefined for this input")
            case [{"result": value}]:
                return documents.decision(value)
            case _:
                raise EngineError("the compiled policies answered with something that is no result")

    def _running(self) -> _Runtime:
        with self._lock:
            if self._closed:
                raise EngineError("the embedded engine is closed")
            if self._runtime is None:
                config = wasmtime.Config()
                config.epoch_interruption = True
                # A pool of compiling threads would not survive a fork, and the child would wait for it for ever.
                config.parallel_compilation = False
                engine = wasmtime.Engine(config)
                self._runtime = _Runtime(engine, self._module(engine), self._policies)
            return self._runtime

    def _module(self, engine: wasmtime.Engine) -> wasmtime.Module:
        key = self._policies.key()
        native = self._native or self._cache.read(key)
        if native is not None:
            try:
                module = wasmtime.Module.deserialize(engine, native)
            except wasmtime.WasmtimeError as error:
                _log.info("the policies are compiled anew, for this wasmtime and processor: %s", error)
            else:
                self._native = native
                return module
        try:
            module = wasmtime.Module(engine, self._policies.wasm)
        except wasmtime.WasmtimeError as error:
            raise EngineError(f"the compiled policies are no WebAssembly module: {error}") from error
        self._native = bytes(module.serialize())
        self._cache.write(key, self._native)
        return module


@dataclass(frozen=True)
class _Policies:
    wasm: bytes
    data: bytes

    def key(self) -> str:
        """Return what the native module depends on, as a hash."""
        # The version is in the name of the folder beside the library. importlib.metadata would find it there as well,
        # but costs half as much as all of wasmtime.
        installed = Path(wasmtime.__file__).parent.parent.glob("wasmtime-*.dist-info")
        versions = ",".join(sorted(folder.name for folder in installed))
        made_for = f"{versions}|{sys.platform}|{platform.machine()}|".encode()
        return hashlib.sha256(made_for + self.wasm).hexdigest()


@dataclass(frozen=True)
class _Limits:
    timeout_s: float
    memory_mib: int
    instances: int
    keeps_instances: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s < math.inf:
            raise SettingsError(f"the engine's timeout is {self.timeout_s} s: it must be more than 0")
        if not 1 <= self.memory_mib <= _MOST_MEMORY_MIB:
            raise SettingsError(f"the engine's memory is {self.memory_mib} MiB: it must be 1 to {_MOST_MEMORY_MIB}")

    @property
    def memory(self) -> int:
        return self.memory_mib * 1024 * 1024

    def too_large(self) -> EngineError:
        message = (
            f"no decision within {self.memory_mib} MiB of memory: the input is too large for the embedded engine; "
            "an OPA server has no such limit (--engine opa)"
        )
        return EngineError(message, kind="memory")


class _Deadline(NamedTuple):
    """When the monotonic clock shows `at`, the `seconds` that an evaluation may take are over."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> _Deadline:
        return cls(time.monotonic() + seconds, seconds)

    def missed(self, reason: str) -> EngineError:
        return EngineError(f"no decision within {self.seconds:g} s: {reason}", kind="timeout")


class _Runtime:
    """What one process evaluates with: the native module, a clock, and instances, of which each serves one call."""

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module, policies: _Policies) -> None:
        self._engine = engine
        self._module = module
        self._host = wasmtime.Module(engine, _HOST)
        self._policies = policies
        self._clock = _Clock(engine)
        self._slots: dict[_Limits, _Slots] = {}
        # The last one used is the next: instances that are not needed stay out of the processor's caches.
        self._idle: deque[_Instance] = deque()
        self._closed = False

    def evaluate(self, text: bytes, entrypoint: str, until: _Deadline, limits: _Limits) -> bytes:
        """Return the JSON that the policies answer to the JSON `text`, in time and within the limits of its kind."""
        slots = self._slots.setdefault(limits, _Slots(limits.instances))
        if not slots.acquire(until.at):
            raise until.missed(f"{limits.instances} others are being made")
        try:
            return self._evaluate(text, entrypoint, until, limits)
        finally:
            slots.release()

    def close(self) -> None:
        self._closed = True
        self._clock.stop()
        self._close_idle()

    def _evaluate(self, text: bytes, entrypoint: str, until: _Deadline, limits: _Limits) -> bytes:
        try:
            instance = self._idle.pop() if limits.keeps_instances else _Instance(self._engine, limits)
        except IndexError:
            instance = _Instance(self._engine, limits)
        try:
            with self._clock.ends(instance.store, until.at):
                instance.load(self._module, self._host, self._policies)
                answer = instance.evaluate(text, entrypoint)
        except wasmtime.Trap as trap:
            reason = instance.reason(trap, until)
            instance.close()
            raise reason from trap
        except BaseException:
            # Whatever it was in the middle of, it can't be trusted with another call.
            instance.close()
            raise
        if instance.has_grown() or not limits.keeps_instances:
            instance.close()
        else:
            self._idle.append(instance)
        if self._closed:
            self._close_idle()
        return answer

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()


class _Instance:
    """The policies with their data, loaded into a WebAssembly memory of their own. For one thread at a time."""

    def __init__(self, engine: wasmtime.Engine, limits: _Limits) -> None:
        self.store = wasmtime.Store(engine)
        self.store.set_limits(memory_size=limits.memory)
        self._limits = limits
        self._builtins: dict[int, str] = {}
        self._loaded = False

    def load(self, module: wasmtime.Module, host: wasmtime.Module, policies: _Policies) -> None:
        """Bring in the policies and their data, once."""
        if self._loaded:
            return
        self._host = wasmtime.Instance(self.store, host, []).exports(self.store)
        imports = [self._import(wanted, len(policies.wasm)) for wanted in module.imports]
        self._exports = wasmtime.Instance(self.store, module, imports).exports(self.store)
        self._entrypoints = self._json(self._call("entrypoints"))
        self._builtins = {number: name for name, number in self._json(self._call("builtins")).items()}
        self._data = self._parsed(policies.data)
        self._heap = self._call("opa_heap_ptr_get")
        self._size = self._memory.data_len(self.store)
        self._loaded = True

    def evaluate(self, text: bytes, entrypoint: str) -> bytes:
        """Return the JSON that the policies answer to the JSON `text`. What the last call left is overwritten."""
        if entrypoint not in self._entrypoints:
            raise EngineError(f"the compiled policies have no entry point {entrypoint}")
        end = self._heap + len(text)
        if end > self._limits.memory:
            raise self._limits.too_large()
        if end > self._memory.data_len(self.store):
            # The module is asked to grow: its allocator does not see pages that are added from here.
            self._call("opa_heap_ptr_set", self._heap)
            self._call("opa_malloc", len(text))
        self._memory.write(self.store, text, self._heap)
        answer = self._call("opa_eval", 0, self._entrypoints[entrypoint], self._data, self._heap, len(text), end, 0)
        return self._text(answer)

    def has_grown(self) -> bool:
        """Return whether the memory is larger than is worth keeping."""
        return self._memory.data_len(self.store) - self._size > _KEPT_GROWTH

    def reason(self, trap: wasmtime.Trap, until: _Deadline) -> EngineError:
        """Return what a person should know of `trap`, which ended the call that was under way."""
        if trap.trap_code is wasmtime.TrapCode.INTERRUPT:
            return until.missed("the input is too large or the limit too low")
        if trap.trap_code is wasmtime.TrapCode.STACK_OVERFLOW:
            return EngineError("the input document is nested too deeply")
        aborted, builtin = self._noted("aborted"), self._noted("builtin")
        if aborted:
            reason = self._text(aborted).decode(errors="replace")
            if reason == "opa_malloc: failed":
                return self._limits.too_large()
            return EngineError(f"the compiled policies gave up: {reason}")
        if builtin in self._builtins:
            return EngineError(f"the compiled policies call {self._builtins[builtin]}, which WebAssembly does not have")
        cause = trap.trap_code.name.lower().replace("_", " ") if trap.trap_code else trap.message
        return EngineError(f"the compiled policies failed: {cause}")

    def close(self) -> None:
        self.store.close()

    def _import(self, wanted: wasmtime.ImportType, module_size: int) -> wasmtime.Memory | wasmtime.Func:
        if not isinstance(wanted.type, wasmtime.MemoryType):
            return _function(self._host, str(wanted.name))
        # OPA counts a page too few where the module's texts end just beyond one. They are part of the module, so that
        # its own size on top of what it asks for holds them in any case.
        pages = wanted.type.limits.min + module_size // _PAGE + 1
        if pages * _PAGE > self._limits.memory:
            message = f"the compiled policies need more than {self._limits.memory_mib} MiB of memory to load"
            raise EngineError(message, kind="memory")
        self._memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, None)))
        return self._memory

    def _parsed(self, data: bytes) -> int:
        address = self._call("opa_malloc", len(data))
        self._memory.write(self.store, data, address)
        parsed = self._call("opa_json_parse", address, len(data))
        if not parsed:
            raise EngineError("the data of the compiled policies is no JSON")
        return parsed

    def _call(self, name: str, *arguments: int) -> int:
        return _function(self._exports, name)(self.store, *arguments) or 0

    def _json(self, address: int) -> dict[str, int]:
        return cast("dict[str, int]", documents.decode(self._text(self._call("opa_json_dump", address))))

    def _noted(self, name: str) -> int:
        noted = self._host[name]
        return int(noted.value(self.store)) if isinstance(noted, wasmtime.Global) else 0

    def _text(self, address: int) -> bytes:
        """Return what stands at `address`, to the zero byte that ends it."""
        text = bytearray()
        while chunk := self._memory.read(self.store, address, address + _PAGE):
            end = chunk.find(0)
            if end >= 0:
                return bytes(text + chunk[:end])
            text += chunk
            address += len(chunk)
        raise EngineError("the compiled policies answered with no text")


class _Slots:
    """So many may evaluate at once; the others wait in line.

    A semaphore of the standard library is no line: under load, who has just been served takes the next turn as well.
    """

    def __init__(self, free: int) -> None:
        self._lock = threading.Lock()
        self._free = free
        self._line: deque[threading.Lock] = deque()

    def acquire(self, deadline: float) -> bool:
        """Return whether it was one's turn before the monotonic clock showed `deadline`."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._line.append(turn)
        if turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            return True
        with self._lock:
            if turn in self._line:
                self._line.remove(turn)
                return False
        # It came in this very moment.
        return True

    def release(self) -> None:
        """Let the next one in."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1


class _Clock:
    """Ends evaluations that have run for too long.

    wasmtime compares an epoch that somebody counts up with the one at which each store must end. It is counted up by a
    thread that keeps it in step with the time while something runs, and sleeps while nothing does.
    """

    def __init__(self, engine: wasmtime.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._epoch = 0
        self._started = 0.0
        self._running = 0
        self._wake = threading.Event()
        self._stopped = False
        threading.Thread(target=self._run, name="sealgate-engine-clock", daemon=True).start()

    @contextmanager
    def ends(self, store: wasmtime.Store, deadline: float) -> Iterator[None]:
        """End what `store` runs meanwhile once the monotonic clock shows `deadline`."""
        with self._lock:
            if self._stopped:
                raise EngineError("the embedded engine is closed")
            if self._running == 0:
                self._started = time.monotonic() - self._epoch * _TICK_S
                self._wake.set()
            self._running += 1
            store.set_epoch_deadline(max(0, math.ceil((deadline - self._started) / _TICK_S) - self._epoch))
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if self._running == 0 and not self._stopped:
                    self._wake.clear()

    def stop(self) -> None:
        """Let the thread end, once nothing runs any more."""
        with self._lock:
            self._stopped = True
            self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            time.sleep(_TICK_S)
            with self._lock:
                due = int((time.monotonic() - self._started) / _TICK_S)
                while self._epoch < due and self._running:
                    self._engine.increment_epoch()
                    self._epoch += 1
                if self._stopped and not self._running:
                    return


def _function(exports: Mapping[str, object], name: str) -> wasmtime.Func:
    function = exports.get(name)
    if isinstance(function, wasmtime.Func):
        return function
    raise EngineError(f"the compiled policies and this engine do not fit together: there is no function {name}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise EngineError(f"the compiled policies are missing ({path}): build them with: make policies") from None
    except OSError as error:
        raise EngineError(f"the compiled policies can't be read: {error}") from error
