"""Calls that take turns: warmed up, interleaved one by one, with the share of those that were disturbed."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from nnlab.core.quartiles import Quartiles
from nnlab.training.clock import moved_since, switches

TEN = 10
SETTLED = 0.05
"""The median of ten calls is that of the ten before but for this share: warm."""


@dataclass(frozen=True)
class Protocol:
    """How often is called.

    Options:  calls, seconds: of each rung at least, all processes together.  warm_up_seconds: of each rung in each
              process at least.  processes: so many, one after the other.
    """

    calls: int = 200
    seconds: float = 3.0
    warm_up_seconds: float = 1.0
    processes: int = 3

    @property
    def share(self) -> "Protocol":
        """Of one process."""
        calls = -(-self.calls // self.processes)
        return Protocol(calls, self.seconds / self.processes, self.warm_up_seconds, 1)


@dataclass(frozen=True)
class Call:
    """One call.

    Options:  disturbed: None where the system does not say.  round: which turn it was; calls of one belong together.
    """

    ms: float
    disturbed: bool | None
    round: int


Timed = Callable[[], tuple[float, bool | None]]
"""Makes a call: its milliseconds, and whether the system took the processor meanwhile; None where it does not say."""


def clocked(call: Callable[[], object]) -> Timed:
    """A call with the clock beside it."""

    def timed() -> tuple[float, bool | None]:
        before, began = switches(), time.perf_counter()
        call()
        took = time.perf_counter() - began
        return took * 1e3, moved_since(before)

    return timed


@contextmanager
def no_collection() -> Iterator[None]:
    """Within it, no rubbish is collected."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def warm_up(call: Timed, seconds: float, most: float = 10.0) -> int:
    """Calls until the median of ten changes by less than 5%, for so long at least; how often.

    Options:  seconds: at least.  most: seconds after which it ends however they differ.
    """
    began, calls, last = time.perf_counter(), 0, float("inf")
    while True:
        median = statistics.median(call()[0] for _ in range(TEN))
        calls += TEN
        lasted = time.perf_counter() - began
        if lasted >= seconds and (abs(median - last) < SETTLED * last or lasted >= most):
            return calls
        last = median


def interleaved(
    calls: Mapping[str, Timed], protocol: Protocol, *, rest: Callable[[], None] = lambda: None
) -> dict[str, list[Call]]:
    """Round after round, a call of each in an order that moves on by one, until each has had its number and its time.

    Options:  protocol: of this process.  rest: called after each call.
    """
    told: dict[str, list[Call]] = {name: [] for name in calls}
    lasted = dict.fromkeys(calls, 0.0)  # not summed anew after each round: that took longer than all calls
    left, turn = list(calls), 0
    while left:
        start = turn % len(left)
        for name in (*left[start:], *left[:start]):
            ms, disturbed = calls[name]()
            told[name].append(Call(ms, disturbed, turn))
            lasted[name] += ms
            rest()
        turn += 1
        if turn % TEN == 0 or turn >= protocol.calls:
            left = [n for n in left if len(told[n]) < protocol.calls or lasted[n] < 1e3 * protocol.seconds]
    return told


def percentiles(ms: Sequence[float]) -> dict[str, float] | None:
    """p50, p90, p99 by the nearest rank: the least value that is not below that share of all; None of none."""
    if not ms:
        return None
    ordered = np.sort(np.asarray(ms))
    places = {f"p{share}": max(0, -(-share * len(ordered) // 100) - 1) for share in (50, 90, 99)}
    return {name: float(ordered[place]) for name, place in places.items()}


def disturbed_share(calls: Sequence[Call]) -> float | None:
    """The share of them that were disturbed; None of none, and where the system does not say."""
    known = [call.disturbed for call in calls if call.disturbed is not None]
    return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Ratio:
    """How long one takes for one of the other.

    Options:  median, quartiles: over rounds in which both were called.  by_process: the median of each process.
    """

    median: float
    quartiles: tuple[float, float]
    by_process: tuple[float, ...]


def ratio(first: Sequence[Sequence[Call]], second: Sequence[Sequence[Call]]) -> Ratio | None:
    """The second's time over the first's, round by round. Options:  first, second: calls of each process."""
    by_process = []
    for ours, theirs in zip(first, second, strict=True):
        known = {call.round: call.ms for call in ours}
        both = [call.ms / known[call.round] for call in theirs if known.get(call.round, 0) > 0]
        if both:
            by_process.append(np.array(both))
    if not by_process or (over_all := Quartiles.of(np.concatenate(by_process))) is None:
        return None
    return Ratio(over_all.middle, (over_all.low, over_all.high), tuple(float(np.median(each)) for each in by_process))
