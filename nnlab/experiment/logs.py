"""Messages on their way: those of a run to its log.txt, besides wherever the program sends them."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.tracking.store import RunStore

LOGGER = logging.getLogger("nnlab")

_LOCK = threading.Lock()
_LISTENING: Counter[int] = Counter()
"""How many listeners each thread has."""
_BEFORE = [logging.NOTSET]
"""The logger's level before the first of them."""


@contextmanager
def listening(handler: logging.Handler) -> Iterator[None]:
    """While it lasts, every message of nnlab's loggers from INFO on also goes to this handler.

    Of two threads that listen, each gets what it said itself, and both what helpers say: of two runs that a program has
    at once, neither tells of the other.
    """
    own = threading.get_ident()
    handler.addFilter(lambda record: record.thread == own or not _LISTENING[record.thread or 0])
    with _LOCK:
        if not _LISTENING.total():
            _BEFORE[0] = LOGGER.level
            LOGGER.setLevel(logging.INFO)
        _LISTENING[own] += 1
        LOGGER.addHandler(handler)
    try:
        yield
    finally:
        with _LOCK:
            LOGGER.removeHandler(handler)
            _LISTENING[own] -= 1
            if not _LISTENING.total():
                LOGGER.setLevel(_BEFORE[0])


@contextmanager
def logged_in(store: RunStore) -> Iterator[None]:
    """While it lasts, what this run says is also appended to its log.txt."""
    with listening(_ToStore(store)):
        yield


class _ToStore(logging.Handler):
    def __init__(self, store: RunStore):
        super().__init__(logging.INFO)
        self._store = store

    def emit(self, record: logging.LogRecord) -> None:
        self._store.log(f"{record.levelname.lower()}: {record.getMessage()}")
