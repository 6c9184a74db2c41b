"""Work beside the training that takes at most a share of its time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Allowance:
    """Says when something may be done again that costs what it did last time.

    next time = last time + cost / share

    Options:  share: of the time that goes by.  clock: seconds that go on.
    """

    def __init__(self, share: float, clock: Callable[[], float] = time.perf_counter):
        self.share, self._clock = share, clock
        self._last: float | None = None
        self._cost = 0.0

    def allows(self) -> bool:
        """Whether it may be done now; the first time always. Then its cost begins anew."""
        now = self._clock()
        if self._last is not None and (now - self._last) * self.share < self._cost:
            return False
        self._last, self._cost = now, 0.0
        return True

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Adds what the block takes to the cost."""
        began = self._clock()
        try:
            yield
        finally:
            self._cost += self._clock() - began
