"""Processes that live at once and work one at a time: each trains an epoch or a few, then the next one may.

A noisy moment of the machine then falls on all cells alike, and leaves the ratios between them as they are.
"""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.processes import why_ended

TURN_SECONDS = 0.25
"""How long a turn of the fastest cell shall last at least, where one epoch is shorter."""

LONGEST_TURN = 20
"""Epochs of a turn at most."""

Message = dict[str, Any]


@dataclass(eq=False)
class Told:
    """What a worker has said of itself so far.

    Options:  epochs: "ms" and "cpu_ms" of each.  loaded, result: its messages when it had its data, when it was done.
              error, exit_code: why it failed, and how a command is to end for it.
    """

    epochs: list[Mapping[str, float]] = field(default_factory=list)
    loaded: Message = field(default_factory=dict)
    result: Message = field(default_factory=dict)
    error: str | None = None
    exit_code: int = 0


class Worker:
    """A process that trains in turns. It gets its job in one line, and speaks as `gate.py` does.

    It has a session of its own, so Ctrl-C is for us alone; it ends when its standard input does.

    Options:  command, environment: how it is started.  job: its first message.
              heard: called with every message that is about nothing but progress ("images", "warning").
    """

    def __init__(
        self,
        command: Sequence[str],
        job: Message,
        *,
        environment: Mapping[str, str] | None = None,
        heard: Callable[[Message], None] = lambda message: None,
    ):
        self._command, self._job, self._environment, self._heard = list(command), job, environment, heard
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (open for as long as the worker)
        self.told, self.waiting = Told(), False

    @property
    def pid(self) -> int | None:
        """The process's number; None before its start and after its end."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Starts it, and returns when it waits for its first turn, or has failed."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=dict(self._environment) if self._environment is not None else None,
            start_new_session=True,
        )
        self._say(self._job)

    def turn(self, epochs: int) -> None:
        """Lets it train so many epochs; returns when it waits again, has finished or has failed."""
        self._say({"turn": epochs})

    def _say(self, message: Message) -> None:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self.waiting = False
        with contextlib.suppress(BrokenPipeError):  # it is dead: reading says so
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        while self._process is not None and not self.waiting:
            line = process.stdout.readline()
            if line.endswith(b"\n"):
                self._take(json.loads(line))
            else:
                self._died(process)

    def _take(self, message: Message) -> None:
        event = message.pop("event")
        if event == "loaded":
            self.told.loaded = message
        elif event == "failed":
            self.told.error, self.told.exit_code = message["error"], message["exit_code"]
            self.end()
        elif event in {"waiting", "result"}:
            self.told.epochs += message.pop("epochs")
            self.waiting = event == "waiting"
            if event == "result":
                self.told.result = message
                self.end()
        else:
            self._heard({"event": event, **message})

    def _died(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        self.told.error = why_ended(code, lines)
        self.told.exit_code = 1
        self.end()

    def end(self) -> None:
        """Ends the process at once, if it still is there."""
        process, self._process, self.waiting = self._process, None, False
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    assert pipe is not None
                    pipe.close()
        self._errors.close()


def take_turns(workers: Sequence[Worker], seen: Callable[[], None] = lambda: None) -> None:
    """Round after round, every worker that waits has a turn; another one begins each round.

    Options:  seen: called between rounds, to show how far they are.
    """
    rounds = 0
    while waiting := [worker for worker in workers if worker.waiting]:
        epochs, first = turn_length(waiting), rounds % len(waiting)
        for worker in (*waiting[first:], *waiting[:first]):
            worker.turn(epochs)
        rounds += 1
        seen()


def turn_length(workers: Sequence[Worker]) -> int:
    """Epochs of the next turn, the same for all: one, or more when the fastest worker's epochs are very short."""
    last = [worker.told.epochs[-1]["ms"] / 1e3 for worker in workers if len(worker.told.epochs) >= 2]
    if len(last) < len(workers) or not last:
        return 1
    return max(1, min(LONGEST_TURN, int(-(-TURN_SECONDS // max(min(last), 1e-6)))))


def environment_of_a_cell(cache: str | os.PathLike[str]) -> dict[str, str]:
    """The environment as it is here, but for the cache: each cell prepares its images itself."""
    return {**os.environ, "NNLAB_CACHE_DIR": os.fspath(cache)}
