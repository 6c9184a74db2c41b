"""Work in stages that run at once: while one thing is written, the next is computed, and the one behind it read."""

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from threading import Condition, Thread
from typing import Any


@dataclass(eq=False)
class Stage:
    """One kind of work, done by a thread of its own, in the order in which things come.

    Options:  work: takes some things and gives as many.  most: how many it is given at once at most.
              wait_s: how long it waits for more, once there is one; 0: it takes what is there.
              waiting: how many may wait for it: the stage before it stops meanwhile.
    """

    name: str
    work: Callable[[Sequence[Any]], Sequence[Any]]
    most: int = 1
    wait_s: float = 0.0
    waiting: int = 2
    done: int = field(default=0, init=False)
    busy_s: float = field(default=0.0, init=False)

    @property
    def per_second(self) -> float:
        """How many things it does in a second of work; NaN before the first."""
        return self.done / self.busy_s if self.busy_s else float("nan")


class _Ended(Exception):
    """Nobody takes what a stage gives any more."""


class _Queue:
    """What waits between two stages.  Options:  room: how many at most."""

    def __init__(self, room: int):
        self._room, self._held = room, deque[Any]()
        self._changed = Condition()
        self._closed = self._ended = False

    def put(self, thing: Any) -> None:
        """Adds one, as soon as there is room.  Raises _Ended: when nobody will take it."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(self._held) < self._room)
            if self._ended:
                raise _Ended
            self._held.append(thing)
            self._changed.notify_all()

    def take(self, most: int, wait_s: float) -> list[Any]:
        """The next ones, waited for; none when there will be none.  Options:  most, wait_s: as of `Stage`."""
        with self._changed:
            self._changed.wait_for(lambda: self._held or self._closed or self._ended)
            if wait_s and len(self._held) < most:
                self._changed.wait_for(lambda: len(self._held) >= most or self._closed or self._ended, wait_s)
            if self._ended:
                return []
            taken = [self._held.popleft() for _ in range(min(most, len(self._held)))]
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Nothing more comes; what is there can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing is taken any more; what is there is let go of."""
        with self._changed:
            self._ended = True
            self._held.clear()
            self._changed.notify_all()


def staged(things: Iterable[Any], stages: Sequence[Stage]) -> Iterator[Any]:
    """What the stages make of things, in their order, each stage in a thread of its own.

    things -> stage 1 -> stage 2 -> ... -> here;  things are asked for by a thread of theirs

    At most `most + waiting` of a stage are there at once, so memory does not grow with the number of things. What a
    stage raises is raised here, when what came before it has been given; so is what `things` raises. What it had in
    hand is let go of at once, as a stage before it may wait for the room that this takes. Where nobody asks for more
    (the iterator is closed, by Ctrl-C say), every thread ends after what it has in hand, which is waited for. Where the
    system starts no more threads, all is done by the caller's own.
    """
    queues = [_Queue(stage.most + stage.waiting) for stage in stages] + [_Queue(1)]
    faults: list[BaseException] = []
    source = iter(things)

    parts = list(zip(stages, queues, queues[1:], strict=False))
    threads = [_thread(stage.name, partial(_work, stage, a, b), faults, a, b) for stage, a, b in parts]
    threads.append(_thread("source", partial(_feed, source, queues[0]), faults, None, queues[0]))
    started: list[Thread] = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
    except RuntimeError:  # no more threads: nothing was asked for yet, for the last of them asks
        _end(queues, started)
        yield from _in_turn(source, stages)
        return
    try:
        while some := queues[-1].take(1, 0.0):
            yield some.pop()
    finally:
        _end(queues, started)
    if faults:
        raise faults[0]


def _timed(stage: Stage, some: list[Any]) -> Sequence[Any]:
    count, began = len(some), time.perf_counter()
    made = stage.work(some)
    stage.busy_s += time.perf_counter() - began
    stage.done += count
    return made


def _feed(things: Iterator[Any], first: _Queue) -> None:
    for _ in map(first.put, things):  # each is let go of before the next is asked for
        pass


def _work(stage: Stage, before: _Queue, behind: _Queue) -> None:
    while _turn(stage, before, behind):
        pass


def _turn(stage: Stage, before: _Queue, behind: _Queue) -> bool:
    """Whether there was something to do; what it was is let go of with the end of this call, and not with the next."""
    some = before.take(stage.most, stage.wait_s)
    for thing in _timed(stage, some) if some else ():
        behind.put(thing)
    return bool(some)


def _thread(
    name: str, work: Callable[[], None], faults: list[BaseException], before: _Queue | None, behind: _Queue
) -> Thread:
    """A thread that does it, adds to `faults` what it raises, and tells both sides when it ends."""

    def run() -> None:
        try:
            work()
        except _Ended:
            pass
        except BaseException as fault:
            traceback.clear_frames(fault.__traceback__)  # they hold what it had in hand
            faults.append(fault)
        if before is not None:
            before.end()
        behind.close()

    return Thread(target=run, name=f"nnlab-{name}", daemon=True)


def _end(queues: Sequence[_Queue], threads: Sequence[Thread]) -> None:
    for queue in queues:
        queue.end()
    for thread in threads:
        thread.join()


def _in_turn(things: Iterator[Any], stages: Sequence[Stage]) -> Iterator[Any]:
    """The same by the caller's thread: each stage is given what is there, up to its most."""
    for stage in stages:
        things = _one_stage(things, stage)
    return things


def _one_stage(things: Iterator[Any], stage: Stage) -> Iterator[Any]:
    while some := list(islice(things, stage.most)):
        yield from _timed(stage, some)
