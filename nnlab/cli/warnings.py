"""Warnings of every room, as lines on stderr."""

import logging
from collections.abc import Callable


def warnings_to(say: Callable[[str], None]) -> None:
    """From now on a warning of nnlab's loggers is given to `say` as one line (those set up before are let go)."""
    logger = logging.getLogger("nnlab")
    for handler in [handler for handler in logger.handlers if isinstance(handler, _Saying)]:
        logger.removeHandler(handler)
    logger.addHandler(_Saying(say))
    logger.propagate = False


class _Saying(logging.Handler):
    def __init__(self, say: Callable[[str], None]):
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(f"nnlab: {record.levelname.lower()}: {record.getMessage()}")
