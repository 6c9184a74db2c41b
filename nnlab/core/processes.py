"""What is said between a process and those that it has work for it: why one ended, an error in a line, warnings."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence

from nnlab.core.errors import NnlabError

OUT_OF_MEMORY = "out of memory; use a smaller --max-minibatch-size, --resize or --layers"


def how_ended(code: int) -> str:
    """`SIGKILL`, `signal 40` (it has no name), `code 3`.  Options:  code: negative of a signal"""
    if code >= 0:
        return f"code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def why_ended(code: int, lines: Sequence[str]) -> str:
    """Why a process ended that should not have.  Options:  lines: that it left on stderr"""
    if code < 0:
        starved = ", perhaps because the machine ran out of memory" if -code == signal.SIGKILL else ""
        return f"its process was ended by {how_ended(code)}{starved}"
    return f"its process ended with {how_ended(code)}" + (f": {lines[-1]}" if lines else "")


def in_one_line(error: Exception) -> str:
    """What a process says of an error that ends its work."""
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    if isinstance(error, NnlabError):
        return "; ".join(str(error).splitlines())
    return f"{type(error).__name__}: {error}".splitlines()[0]


def end_with(listen: int, code: int) -> None:
    """Ends this process when nobody waits for it any more, whatever it is doing: when what it listens to ends.

    Options:  listen: the descriptor itself; a reader of Python's that a thread holds aborts the process at its end.
              code: it is ended with.
    """

    def wait() -> None:
        while os.read(listen, 4096):
            pass
        os._exit(code)

    threading.Thread(target=wait, daemon=True, name="nnlab-parent").start()


class Telling(logging.Handler):
    """Passes warnings on to whoever waits for a process: say("warning", line=...)."""

    def __init__(self, say: Callable[..., None]):
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """One of them."""
        self._say("warning", line=record.getMessage())
