"""Read ahead: what the next minibatches need is on its way from the disk while those before are learnt from."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

AHEAD = 4
"""Minibatches."""

T = TypeVar("T")


def told_ahead(coming: Iterator[T], expect: Callable[[T], None]) -> Iterator[T]:
    """The same; `expect` is called with each on a thread of its own, some time before it is given."""
    waiting: deque[T] = deque()
    thread = ThreadPoolExecutor(1, "nnlab-read-ahead")
    try:
        for one in coming:
            waiting.append(one)
            with suppress(RuntimeError):  # the system starts no more threads: it is read when it is wanted
                thread.submit(expect, one)
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting
    finally:
        thread.shutdown(cancel_futures=True)
