"""Room: bytes that several threads share, so that fewer work at once where each needs much."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager


class Room:
    """Bytes to be taken for a while. Who needs more than there are in all works alone.

    Options:  total: how many there are.
    """

    def __init__(self, total: int):
        self.total = total
        self._used, self._changed = 0, threading.Condition()

    @contextmanager
    def taken(self, amount: int) -> Iterator[None]:
        """Waits until there is room for the amount, and has it until the end of the block."""
        with self._changed:
            self._changed.wait_for(lambda: self._used == 0 or self._used + amount <= self.total)
            self._used += amount
        try:
            yield
        finally:
            with self._changed:
                self._used -= amount
                self._changed.notify_all()

    def alone(self) -> AbstractContextManager[None]:
        """All the room there is, and no one else in it."""
        return self.taken(self.total + 1)
