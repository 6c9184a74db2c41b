"""Messages of nnlab as a program gets them: warnings as Python's own, notes handed on."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nnlab.api.spoken import NnlabWarning, as_passed
from nnlab.core.errors import NnlabError
from nnlab.experiment.logs import listening

DEPTH = 6
"""Frames from `warnings.warn` up to who called a function that is `spoken`, and has `with warned()` in its body."""


class Gathered(logging.Handler):
    """Keeps warnings, and hands on notes.

    Options:  say: what gets the notes; it may be set when there is something to say them with.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.warnings: list[str] = []
        self.say: Callable[[str], object] = lambda line: None

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps it, or hands it on."""
        line = as_passed(record.getMessage())
        if record.levelno >= logging.WARNING:
            self.warnings.append(line)
        elif record.name != "nnlab.run":  # those are for a run's log.txt
            self.say(line)


@contextmanager
def warned() -> Iterator[Gathered]:
    """What is warned of within comes as Python's warnings at the end, each once, also where an error ends it."""
    gathered = Gathered()
    try:
        with listening(gathered):
            yield gathered
    except NnlabError:
        _warn(gathered.warnings)
        raise
    _warn(gathered.warnings)


def _warn(lines: list[str]) -> None:
    for line in dict.fromkeys(lines):
        warnings.warn(line, NnlabWarning, stacklevel=DEPTH)
