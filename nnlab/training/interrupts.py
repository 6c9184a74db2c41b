"""Ctrl-C, SIGTERM and SIGHUP wait while weights or files are half written."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals by which a person or a machine ends a program: Ctrl-C, `kill`, a terminal that is closed."""


class InterruptsHeld:
    """Within, a first SIGINT, SIGTERM or SIGHUP waits for the end of the block; a second one acts at once.

    Only Python handlers are held (the one that raises KeyboardInterrupt): a signal that is ignored, or that ends the
    process outright, stays so. In any thread but the main one, where Python delivers no signals, it does nothing.
    """

    def __init__(self) -> None:
        self._before: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._waiting: tuple[int, FrameType | None] | None = None

    def __enter__(self) -> "InterruptsHeld":
        self._waiting = None
        if threading.current_thread() is threading.main_thread():
            for number in ENDINGS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._before[number] = handler
                    signal.signal(number, self._hold)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        before = self._release()
        if self._waiting is not None and error is None:
            number, frame = self._waiting
            before[number](number, frame)

    def _release(self) -> dict[int, Callable[[int, FrameType | None], Any]]:
        before, self._before = self._before, {}
        for number, handler in before.items():
            signal.signal(number, handler)
        return before

    def _hold(self, number: int, frame: FrameType | None) -> None:
        if self._waiting is None:
            self._waiting = (number, frame)
            return
        self._release()[number](number, frame)


def signal_of(interrupt: KeyboardInterrupt) -> int | None:
    """The number of the signal that was turned into this interrupt; None for a plain Ctrl-C."""
    first = interrupt.args[0] if interrupt.args else None
    return int(first) if isinstance(first, int) else None
