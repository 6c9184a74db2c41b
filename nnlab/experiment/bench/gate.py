"""A cell's side of the turnstile: it waits for its turn, trains some epochs, says what they took, waits again."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord

REST_STEP, REST_AT_MOST = 0.002, 0.5
"""Seconds between looks at the threads; for how long they are waited for."""


class Dismissed(Exception):
    """The benchmark is over for this cell: nobody listens any more."""


class Gate:
    """Lines of JSON to and from the process that gives the turns.

    Options:  tell: the file that messages go to.  listen: the file that turns come from; at its end the cell is
                  dismissed, so a cell never outlives whoever started it.
    """

    def __init__(self, listen: IO[bytes], tell: IO[bytes]):
        self._listen, self._tell = listen, tell

    @classmethod
    def of_this_process(cls) -> "Gate":
        """Over standard input and output; what libraries print goes to stderr from now on."""
        tell = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)
        return cls(sys.stdin.buffer, tell)

    def send(self, event: str, **said: Any) -> None:
        """One message. Raises Dismissed: when nobody reads it."""
        try:
            self._tell.write(json.dumps({"event": event, **said}).encode() + b"\n")
        except BrokenPipeError:
            raise Dismissed from None

    def receive(self) -> dict[str, Any]:
        """The next message, waited for. Raises Dismissed: when there will be none."""
        line = self._listen.readline()
        if not line.endswith(b"\n"):
            raise Dismissed
        message: dict[str, Any] = json.loads(line)
        return message


class Turns(Callback):
    """Holds a training before each epoch until it is its turn, and measures every epoch.

    The time between turns belongs to no epoch. Before it gives its turn back, the process waits until its threads are
    at rest: those of BLAS and OpenMP spin for a while after their work, which would be the next cell's loss.

    Options:  rest: waits until the process is at rest.
    """

    def __init__(self, gate: Gate, *, rest: Callable[[], None] | None = None):
        self._gate, self._rest = gate, rest or at_rest
        self._left = 0
        self._epochs: list[dict[str, float]] = []
        self._began = self._cpu = self._slept_from = 0.0
        self.idle_cpu_s = 0.0

    def epoch_start(self, epoch: int) -> None:
        """Waits for the turn, when the last one is used up; then the clock starts."""
        if not self._left:
            self._wait()
        self._left -= 1
        self._cpu, self._began = time.process_time(), time.perf_counter()

    def epoch_end(self, record: EpochRecord | None = None) -> None:
        """The clock stops."""
        seconds, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        self._epochs.append({"ms": seconds * 1e3, "cpu_ms": cpu * 1e3})

    def _wait(self) -> None:
        self._rest()
        slept_from = time.process_time()
        self._gate.send("waiting", epochs=self.taken())
        self._left = int(self._gate.receive()["turn"])
        self.idle_cpu_s += time.process_time() - slept_from

    def taken(self) -> list[dict[str, float]]:
        """What every epoch took that was not told yet."""
        taken, self._epochs = self._epochs, []
        return taken


def at_rest() -> None:
    """Returns when none of this process's other threads is at work, or when it was waited for long enough."""
    end = time.perf_counter() + REST_AT_MOST
    while time.perf_counter() < end and _at_work():
        time.sleep(REST_STEP)


def _at_work() -> bool:
    """Whether another thread runs or wants to; where the system does not tell, whether much processor time is used."""
    own = str(threading.get_native_id())
    try:
        states = [_state(task) for task in Path("/proc/self/task").iterdir() if task.name != own]
    except OSError:
        began, used = time.perf_counter(), time.process_time()
        time.sleep(REST_STEP)
        return time.process_time() - used > 0.1 * (time.perf_counter() - began)
    return "R" in states


def _state(task: Path) -> str:
    """A thread's state as Linux has it: R runs or waits for a core, S sleeps. What stands before is the name."""
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "X"  # it has ended meanwhile
