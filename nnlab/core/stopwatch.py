"""Seconds by phase, of what a caller lets it call."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Timed(Protocol):
    """Calls what it is given, as a part of a phase."""

    def __call__(self, phase: str, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """do(*args, **kwargs)"""
        ...


class Stopwatch:
    """Calls what it is given and adds up the seconds under a name.

    Options:  settle: waits until what was called is done, where a device works on by itself; None where nothing does.
    """

    def __init__(self, settle: Callable[[], None] | None = None):
        self.seconds: dict[str, float] = {}
        self._settle = settle

    def __call__(self, phase: str, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """do(*args, **kwargs), timed as a part of `phase`."""
        start = time.perf_counter()
        result = do(*args, **kwargs)
        if self._settle is not None:
            self._settle()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start
        return result

    @contextmanager
    def rest(self, phase: str) -> Iterator[None]:
        """Within it, what is a part of no other phase is one of `phase`: nothing is left out."""
        before, start = sum(self.seconds.values()), time.perf_counter()
        yield
        known = sum(self.seconds.values()) - before
        self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - start - known


def untimed(phase: str, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """do(*args, **kwargs), for whoever does not ask how long it takes."""
    return do(*args, **kwargs)
