"""How much a model may take: memory, turns of its loops and time; no file can bring the machine to its knees."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import psutil

from nnlab.core.errors import DataError, UsageError
from nnlab.core.machine import machine_memory

MEMORY_VARIABLE, TURNS_VARIABLE = "NNLAB_ONNX_MEMORY_GIB", "NNLAB_ONNX_TURNS"
SECONDS_VARIABLE = "NNLAB_ONNX_SECONDS"

MOST_TURNS = 100_000
"""Of all loops of one run together: a Loop that never says stop ends here, after seconds."""

MOST_SECONDS = 60.0
"""Of one run of a model with a Loop on onnxruntime, which counts no turns."""

GIB = 2**30
LOOK_AFTER = 2**26
"""Bytes made between two looks at the memory that the process really holds."""


@dataclass
class Budget:
    """What one run may take, and how much of it is gone.

    Options:  memory: bytes that the process may hold.  turns: of Loop, Scan and SequenceMap, all together.
    """

    memory: int
    turns: int
    made: int = 0
    turned: int = 0

    def require(self, size: int) -> None:
        """Before something of `size` bytes is made. Raises DataError: when it cannot fit."""
        if size <= LOOK_AFTER:
            return
        held = held_bytes()
        if size + held > self.memory:
            room = f"the process may hold {self.memory / GIB:,.1f} GiB and holds {held / GIB:,.1f}"
            raise DataError(f"would make {size / GIB:,.1f} GiB; {room}", hint=f"set {MEMORY_VARIABLE} if it should")

    def count(self, outputs: Iterable[Any]) -> None:
        """After something was made. Raises DataError: when the process holds more than it may."""
        self.made += sum(size_of(value) for value in outputs)
        if self.made > LOOK_AFTER:
            self.made = 0
            held = held_bytes()
            if held > self.memory:
                what = f"the process holds {held / GIB:,.1f} GiB and may hold {self.memory / GIB:,.1f}"
                raise DataError(what, hint=f"set {MEMORY_VARIABLE} if it should hold more")

    def turn(self) -> None:
        """Before a graph inside a node runs. Raises DataError: when that happened too often."""
        self.turned += 1
        if self.turned > self.turns:
            what = f"its loops did not end after {self.turns:,} turns"
            raise DataError(what, hint=f"set {TURNS_VARIABLE} if they need more")


_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)
_CHOSEN: ContextVar[tuple[int | None, int | None, float | None]] = ContextVar("limits", default=(None, None, None))


@contextmanager
def running() -> Iterator[Budget]:
    """One run's budget: that of the run around it, if there is one."""
    around = _CURRENT.get()
    if around is not None:
        yield around
        return
    token = _CURRENT.set(Budget(memory_limit(), turns_limit()))
    try:
        yield current()
    finally:
        _CURRENT.reset(token)


def current() -> Budget:
    """The budget of the run that is under way; a fresh one where there is none."""
    return _CURRENT.get() or Budget(memory_limit(), turns_limit())


@contextmanager
def limited(*, memory: int | None = None, turns: int | None = None, seconds: float | None = None) -> Iterator[None]:
    """Other limits for what is read and run inside: bytes of memory, turns of all loops of a run, its seconds."""
    before = _CHOSEN.get()
    token = _CHOSEN.set(
        (
            before[0] if memory is None else memory,
            before[1] if turns is None else turns,
            before[2] if seconds is None else seconds,
        )
    )
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def memory_limit() -> int:
    """Bytes: as chosen by `limited`, else by NNLAB_ONNX_MEMORY_GIB, else half of the machine's memory."""
    chosen = _CHOSEN.get()[0]
    said = _number(MEMORY_VARIABLE)
    return chosen if chosen is not None else int(said * GIB) if said else machine_memory() // 2


def turns_limit() -> int:
    """As chosen by `limited`, else by NNLAB_ONNX_TURNS, else MOST_TURNS."""
    chosen = _CHOSEN.get()[1]
    said = _number(TURNS_VARIABLE)
    return chosen if chosen is not None else int(said) if said else MOST_TURNS


def seconds_limit() -> float:
    """As chosen by `limited`, else by NNLAB_ONNX_SECONDS, else MOST_SECONDS."""
    chosen = _CHOSEN.get()[2]
    said = _number(SECONDS_VARIABLE)
    return chosen if chosen is not None else min(said, threading.TIMEOUT_MAX) if said else MOST_SECONDS


def _number(variable: str) -> float | None:
    text = os.environ.get(variable)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 2**40:
        raise UsageError(f"{text!r} is no number above 0", where=variable)
    return number


def held_bytes() -> int:
    """What the process holds in memory now."""
    return int(_process(os.getpid()).memory_info().rss)


@cache
def _process(pid: int) -> Any:
    return psutil.Process(pid)


def size_of(value: Any) -> int:
    """Bytes of an array, a tensor or a list of them; of texts their characters."""
    if isinstance(value, list):
        return 64 + sum(size_of(item) for item in value)
    if getattr(getattr(value, "dtype", None), "kind", "") == "O":
        return sum(64 + len(text) for text in value.reshape(-1) if isinstance(text, str))
    return int(getattr(value, "nbytes", 0))
