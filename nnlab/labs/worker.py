"""A process that does one piece of work: started, listened to, and ended whatever happens."""

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nnlab.core.processes import why_ended

COMMAND = (sys.executable, "-P", "-m", "nnlab.labs.work")

Message = dict[str, Any]


class Late(Exception):
    """The work took longer than there was time for; its process was ended."""


def told(
    job: Mapping[str, Any],
    heard: Callable[[Message], None],
    *,
    seconds: float | None = None,
    command: tuple[str, ...] = COMMAND,
) -> str | None:
    """Has a process do a job; returns when it is over: None when it ended well, else why it did not.

    It has a session of its own, so that Ctrl-C is for us alone, and never outlives us: it ends when its standard input
    does.

    Options:  heard: called with every message.  seconds: how long it may take.
    Raises:   Late: it took longer.
    """
    late = threading.Event()
    with _process(command) as (process, errors):
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
        return None if code == 0 else why_ended(code, errors())


def _timer(process: "subprocess.Popen[bytes]", late: threading.Event, seconds: float | None) -> threading.Timer | None:
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
def _process(command: tuple[str, ...]) -> Iterator[tuple["subprocess.Popen[bytes]", Callable[[], list[str]]]]:
    """The process, and what gives the lines it left on stderr; it is gone afterwards."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )

        def lines() -> list[str]:
            errors.seek(0)
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
