"""Which signal ended what was waited for."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from nnlab.training.interrupts import ENDINGS


class SignalNoted:
    """Within, remembers which of SIGINT, SIGTERM and SIGHUP came; it then acts as it would have.

    For work that takes Ctrl-C as "enough" and returns what it has: afterwards `signum` says that it was so.
    """

    def __init__(self) -> None:
        self.signum: int | None = None
        self._before: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def __enter__(self) -> "SignalNoted":
        if threading.current_thread() is threading.main_thread():
            for number in ENDINGS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._before[number] = handler
                    signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.signum = self.signum or number
        self._before[number](number, frame)
