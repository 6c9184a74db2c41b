"""A helper process: calls of named functions, whose crash or endless turn is an error of one line."""

import contextlib
import pickle
import struct
import subprocess
import sys
import threading
from typing import IO, Any

from nnlab.core.errors import DataError
from nnlab.core.processes import how_ended
from nnlab.onnx.limits import SECONDS_VARIABLE, seconds_limit

COMMAND = (sys.executable, "-P", "-m", "nnlab.onnx.apart.child")

GRACE = 5.0
"""Seconds that a call may take beyond NNLAB_ONNX_SECONDS: the start of the process, and what ends itself by then."""

LENGTH = struct.Struct("<Q")


class Helper:
    """A process that is started at the first call and dies with this one, and anew after a crash.

    Options:  opening: a call with which every process begins, such as a session that it keeps; none for ().
    """

    def __init__(self, opening: tuple[Any, ...] = ()) -> None:
        self._opening = opening
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def call(self, task: str, *values: Any, who: str) -> Any:
        """What a function of `tasks.py` gives for these values.

        Options:  who: whose code it is, for what is said.
        Raises:   DataError: the process crashed, or did not end in time.  Else what the function raises.
        """
        with self._lock:
            self.open(who=who)
            return self._said((task, values), who)

    def open(self, *, who: str) -> None:
        """Starts the process, where there is none, with the call that it begins with. Raises as `call` does."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if self._opening:
            task, *values = self._opening
            try:
                self._said((task, tuple(values)), who)
            except BaseException:  # it is not what it was to be
                self.close()
                raise

    def _said(self, message: Any, who: str) -> Any:
        """The answer to a message."""
        process = self._process
        assert process is not None
        ended = threading.Event()
        timer = threading.Timer(seconds_limit() + GRACE, _end, (process, ended))
        timer.daemon = True
        timer.start()
        try:
            kind, said = self._exchange(process, message)
        except (EOFError, OSError):
            raise self._died(process, who, timed_out=ended.is_set()) from None
        except BaseException:  # Ctrl-C: its answer would be taken for that of the next call
            self.close()
            raise
        finally:
            timer.cancel()
        if kind == "raised":
            raise said
        return said

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what was not written yet
                        pipe.close()
            process.wait()

    def _exchange(self, process: "subprocess.Popen[bytes]", message: Any) -> tuple[str, Any]:
        assert process.stdin is not None and process.stdout is not None
        send(process.stdin, message)
        kind, said = receive(process.stdout)
        return str(kind), said

    def _died(self, process: "subprocess.Popen[bytes]", who: str, *, timed_out: bool) -> DataError:
        code = process.wait()
        self.close()
        if timed_out:
            what = f"{who} did not come to an end after {seconds_limit():g} seconds"
            return DataError(what, hint=f"set {SECONDS_VARIABLE} if it needs more")
        return DataError(f"{who} crashes on it ({how_ended(code)})")


def _end(process: "subprocess.Popen[bytes]", ended: threading.Event) -> None:
    ended.set()
    process.kill()


def send(pipe: IO[bytes], message: Any) -> None:
    """Writes a message."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """The next message. Raises EOFError: there is none any more."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # of a process that this one started
