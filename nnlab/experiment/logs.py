"""Warnings on their way: to the run's log.txt, besides wherever the program sends them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.tracking.store import RunStore


@contextmanager
def logged_in(store: RunStore) -> Iterator[None]:
    """While it lasts, every message of nnlab's loggers is also appended to the run's log.txt."""
    handler = _ToStore(store)
    logger = logging.getLogger("nnlab")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


class _ToStore(logging.Handler):
    def __init__(self, store: RunStore):
        super().__init__(logging.INFO)
        self._store = store

    def emit(self, record: logging.LogRecord) -> None:
        self._store.log(f"{record.levelname.lower()}: {record.getMessage()}")
