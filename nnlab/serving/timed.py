"""Reading from a connection against the clock: who sends a byte now and then does not hold it for ever."""

import io
import socket
import time
from typing import Any


class Timed(io.RawIOBase):
    """What a connection sends. Raises TimeoutError: when the moment is past by which it was to be there."""

    def __init__(self, connection: socket.socket):
        self._connection, self._until, self._then = connection, 0.0, 0.0

    def within(self, seconds: float) -> None:
        """From now on all that is read is to be there within so many seconds."""
        self._until, self._then = time.monotonic() + seconds, 0.0

    def idle(self, seconds: float, then: float) -> None:
        """The first byte has `seconds` to come, and from it on all others have `then`."""
        self.within(seconds)
        self._then = then

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads what there is, and waits for some."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        count = self._connection.recv_into(buffer)
        if self._then:
            self.within(self._then)
        return count
