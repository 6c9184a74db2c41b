"""A helper process: calls of named functions, whose crash or endless turn is an error of one line."""

import contextlib
import pickle
import signal
import struct
import subprocess
import sys
import threading
from typing import IO, Any

from nnlab.core.errors import DataError
from nnlab.onnx.limits import SECONDS_VARIABLE, seconds_limit

COMMAND = (sys.executable, "-P", "-m", "nnlab.onnx.apart.child")

GRACE = 5.0
"""Seconds that a call may take beyond NNLAB_ONNX_SECONDS: the start of the process, and what ends itself by then."""

LENGTH = struct.Struct("<Q")


class Helper:
    """A process that is started at the first call and dies with this one. What it holds is lost when it crashes."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def call(self, task: str, *values: Any, who: str) -> Any:
        """What a function of `tasks.py` gives for these values.

        Options:  who: whose code it is, for what is said.
        Raises:   DataError: the process crashed, or did not end in time.  Else what the function raises.
        """
        with self._lock:
            process = self._started()
            ended = threading.Event()
            timer = threading.Timer(seconds_limit() + GRACE, _end, (process, ended))
            timer.daemon = True
            timer.start()
            try:
                kind, said = self._exchange(process, (task, values))
            except (EOFError, OSError):
                raise self._died(process, who, timed_out=ended.is_set()) from None
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

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

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
        try:
            how = signal.Signals(-code).name if code < 0 else f"code {code}"
        except ValueError:
            how = f"signal {-code}"
        return DataError(f"{who} crashes on it ({how})")


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
