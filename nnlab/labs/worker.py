"""A process that does one piece of work: started, listened to, and ended whatever happens."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from nnlab.core.processes import why_ended

COMMAND = (sys.executable, "-P", "-m", "nnlab.labs.work")

Message = dict[str, Any]


class Late(Exception):
    """The work took longer than there was time for; its process was ended."""


TAIL = 20
"""Lines of what a process printed that are kept of one that died."""

MOST_LOG = 1 << 16
"""Bytes of it that are read for them."""

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that libraries read when they are imported: how many threads they make for themselves."""

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Died:
    """How a process ended that should not have.  Options:  log: the last lines that it printed."""

    why: str
    log: tuple[str, ...] = ()


def told(
    job: Mapping[str, Any],
    heard: Callable[[Message], None],
    *,
    seconds: float | None = None,
    command: tuple[str, ...] = COMMAND,
    threads: int | None = None,
    holding: Callable[[Process], AbstractContextManager[object]] = nullcontext,
) -> Died | None:
    """Has a process do a job; returns when it is over: None when it ended well, else how it did not.

    It has a session of its own, so that Ctrl-C is for us alone, and never outlives us: it ends when its standard input
    does.

    Options:  heard: called with every message.  seconds: how long it may take.
              threads: of its libraries, which they know before they are imported; None or 0: as they like.
              holding: entered with the process, and left when it is over.
    Raises:   Late: it took longer.
    """
    late = threading.Event()
    pinned = dict.fromkeys(POOLS, str(threads)) if threads else {}
    with _process(command, pinned) as (process, errors), holding(process):
        timer = _timer(process, late, seconds)
        try:
            assert process.stdin is not None and process.stdout is not None
            with contextlib.suppress(BrokenPipeError):  # it is dead: what it left on stderr says why
                process.stdin.write(json.dumps(job).encode() + b"\n")
                process.stdin.flush()
            for line in process.stdout:
                if line.endswith(b"\n"):
                    heard(json.loads(line))
            code = process.wait()
        finally:
            if timer is not None:
                timer.cancel()
        if late.is_set():
            raise Late
        if code == 0:
            return None
        lines = errors()
        return Died(why_ended(code, lines), tuple(lines[-TAIL:]))


def _timer(process: Process, late: threading.Event, seconds: float | None) -> threading.Timer | None:
    if seconds is None:
        return None

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(max(seconds, 0.0), end)
    timer.daemon = True
    timer.start()
    return timer


@contextmanager
def _process(
    command: tuple[str, ...], variables: Mapping[str, str]
) -> Iterator[tuple[Process, Callable[[], list[str]]]]:
    """The process, and what gives the lines it left on stderr; it is gone afterwards."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            env={**os.environ, **variables},
        )

        def lines() -> list[str]:
            errors.seek(max(errors.seek(0, os.SEEK_END) - MOST_LOG, 0))
            return errors.read().decode(errors="replace").strip().splitlines()

        try:
            yield process, lines
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    assert pipe is not None
                    pipe.close()
