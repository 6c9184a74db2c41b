"""What the rooms have to say, as lines on stderr: their warnings, and what they do that takes a while."""

import logging
from collections.abc import Callable

from nnlab.core.printing import printable

Say = Callable[[str], None]

NOT_FOR_THE_SCREEN = "nnlab.run"
"""The logger whose notes are for a run's log.txt alone."""


def messages_to(say: Say, warn: Say) -> None:
    """From now on nnlab's loggers give notes to `say` and warnings to `warn`, in a line each, and to nobody else."""
    logger = logging.getLogger("nnlab")
    for handler in [handler for handler in logger.handlers if isinstance(handler, _Saying)]:
        logger.removeHandler(handler)
    logger.addHandler(_Saying(say, warn))
    logger.setLevel(logging.INFO)
    logger.propagate = False


class _Saying(logging.Handler):
    def __init__(self, say: Say, warn: Say):
        super().__init__(logging.INFO)
        self._say, self._warn = say, warn

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self._warn(printable(f"nnlab: {record.levelname.lower()}: {record.getMessage()}"))
        elif record.name != NOT_FOR_THE_SCREEN:
            self._say(printable(record.getMessage()))
