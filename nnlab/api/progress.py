"""Progress of a training that a program started: nothing, a line that moves, or a line for each epoch."""

import sys
from collections.abc import Callable
from typing import Any, TextIO

from nnlab.core.printing import printable
from nnlab.experiment.epoch_text import epoch_line
from nnlab.metrics.base import Metric
from nnlab.training.callback import Callback
from nnlab.training.record import EpochRecord, TrainingResult

NOTEBOOK = "ZMQInteractiveShell"
"""The class of IPython's shell behind a notebook."""


class Silent(Callback):
    """Says nothing."""

    def images_done(self, done: int, total: int) -> None:
        """After an image was prepared."""

    def say(self, line: str) -> None:
        """A note, or a warning."""


class Shown(Silent):
    """Says how far it is: on a terminal and in a notebook in a line that moves, elsewhere in a line for each epoch.

    Options:  judge: the metric that is shown.
    """

    def __init__(self, judge: Metric, stream: TextIO, *, moves: bool):
        self._judge, self._stream, self._moves = judge, stream, moves
        self._wide = 0

    def images_done(self, done: int, total: int) -> None:
        """Moves the line; elsewhere that would be too many."""
        if self._moves:
            self._move(f"images {done:,}/{total:,}")

    def epoch_end(self, record: EpochRecord) -> None:
        """The epoch's figures."""
        line = epoch_line(record, self._judge)
        if self._moves:
            self._move(line)
        else:
            self.say(line)

    def run_end(self, result: TrainingResult) -> None:
        """Leaves the last line where it is."""
        if self._moves and self._wide:
            self._write("\n")
            self._wide = 0

    def say(self, line: str) -> None:
        """A line of its own."""
        end = "\n" if self._wide else ""
        self._write(f"{end}{printable(line)}\n")
        self._wide = 0

    def _move(self, line: str) -> None:
        self._write(f"\r{line.ljust(self._wide)}")
        self._wide = len(line)

    def _write(self, text: str) -> None:
        print(text, end="", file=self._stream, flush=True)


def progress_of(wanted: bool | None, in_notebook: Callable[[], bool] | None = None) -> Callable[[Metric], Silent]:
    """What makes the progress of one experiment. Options:  wanted: None: in a notebook alone."""
    notebook = (in_notebook or is_notebook)()
    if not (notebook if wanted is None else wanted):
        return lambda judge: Silent()
    stream: Any = sys.stdout if notebook else sys.stderr  # a notebook shows stderr on red
    moves = notebook or bool(getattr(stream, "isatty", lambda: False)())
    return lambda judge: Shown(judge, stream, moves=moves)


def is_notebook() -> bool:
    """Whether the program is a notebook's. IPython is not imported for that: where it is one, it is there."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return any(cls.__name__ == NOTEBOOK for cls in type(shell).__mro__)  # some notebooks have a class made of it
