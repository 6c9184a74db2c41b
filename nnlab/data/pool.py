"""Threads that share a list of work; image libraries let go of Python's lock while they work."""

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

from nnlab.core.machine import usable_cores

POLL_SECONDS = 0.1
"""How often the caller is told how far the work is."""

TURN_SECONDS = 1e-4
"""How long a thread keeps the interpreter's lock while others want it."""


def for_each(
    count: int, work: Callable[[int], None], *, workers: int = 0, progress: Callable[[int, int], None] | None = None
) -> None:
    """Calls work(0) to work(count - 1), several at once; at most one per worker is in flight.

    The first error stops the others and is raised; so does Ctrl-C. `progress(done, count)` is called in the
    caller's thread. So is the work of a single worker: a thread that it waits for would only cost turns.

    Options:  workers: threads; 0 for one per core.
    """
    workers = min(workers or usable_cores(), count)
    if workers < 2:
        _in_turn(count, work, progress)
        return
    stop, turn = threading.Event(), itertools.count()  # next() of a count is one step of the interpreter: no lock

    def run() -> None:
        for index in iter(lambda: next(turn), None):
            if index >= count or stop.is_set():
                return
            try:
                work(index)
            except BaseException:
                stop.set()
                raise
            done[index] = 1

    done = bytearray(count)
    with _quick_turns(), ThreadPoolExecutor(workers, thread_name_prefix="nnlab-data") as threads:
        futures = _started(threads, run, workers)
        try:
            while True:
                finished, unfinished = wait(futures, timeout=POLL_SECONDS)
                if progress:
                    progress(sum(done), count)
                if not unfinished:
                    break
        except BaseException:
            stop.set()
            raise
    for future in finished:
        future.result()


def _in_turn(count: int, work: Callable[[int], None], progress: Callable[[int, int], None] | None) -> None:
    told = time.monotonic()
    for index in range(count):
        work(index)
        if progress and (index + 1 == count or time.monotonic() - told >= POLL_SECONDS):
            progress(index + 1, count)
            told = time.monotonic()


def _started(threads: ThreadPoolExecutor, run: Callable[[], None], workers: int) -> "list[Future[None]]":
    """Up to `workers` threads at it; fewer where the system starts no more, the caller's own where it starts none."""
    futures: list[Future[None]] = []
    try:
        for _ in range(workers):
            futures.append(threads.submit(run))
    except RuntimeError:
        if not futures:
            run()
    return futures


@dataclass
class _Turns:
    """Who wants quick turns, and what they were before the first: two at once must not take each other's for that."""

    users: int = 0
    before: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_TURNS = _Turns()


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Threads hand the interpreter's lock on after 0.1 ms instead of 5.

    An image library gives the lock back for calls of well under a millisecond; with the usual interval the thread that
    comes back from one waits longer for the lock than the call took, and two cores do little more than one.
    """
    with _TURNS.lock:
        _TURNS.users += 1
        if _TURNS.users == 1:
            _TURNS.before = sys.getswitchinterval()
            sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        with _TURNS.lock:
            _TURNS.users -= 1
            if not _TURNS.users:
                sys.setswitchinterval(_TURNS.before)
