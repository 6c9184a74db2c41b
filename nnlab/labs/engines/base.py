"""The contract of an engine, what may be said to one, and their registry."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.registry import Registry
from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.row import Row
from nnlab.labs.study_folder import StudyFolder

RETRIES = 2
"""How often a cell is begun again whose process died: a fault that comes by chance hardly comes three times."""


class Watcher:
    """What listens to a lab; this one says nothing. An engine calls it from one thread, whatever works beside."""

    def begins(self, cell: Cell, place: int, total: int) -> None:
        """A cell is begun; it is the place-th of total, counted from 1."""

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        """A cell tells how far it is ("epoch": done, total), or has something to warn of ("warning": line)."""

    def ended(self, cell: Cell, row: Row) -> None:
        """A cell came to its end, and its row is written."""

    def leaves(self, cells: int) -> None:
        """After Ctrl-C: so many cells are told to leave their work where it can be gone on with, and waited for."""


@dataclass(frozen=True)
class EngineOptions:
    """How cells are to be had done.

    Options:  workers: cells at once at most; None: one on this machine, as many as there is room for elsewhere.
              address: of what has the work done, where that runs already ("tcp://127.0.0.1:8786").
              retries: how often a cell is begun again whose process died without a word.
              fail_fast: whether the first cell that fails ends the lab.
    """

    workers: int | None = None
    address: str | None = None
    retries: int = RETRIES
    fail_fast: bool = False


Rows = Generator[tuple[Cell, Row], None, None]
"""Cells, each with its row."""


class Engine(ABC):
    """What has cells done: here in processes, or by workers elsewhere. Another package may offer one by entry point."""

    is_elsewhere = False
    """Whether it is reached by an address."""

    def __init__(self, options: EngineOptions | None = None):
        self.options = options or EngineOptions()

    def ready(self, cells: Sequence[Cell]) -> None:
        """Finds out whether these cells can be done as it was told, before anything is written.

        Raises:  UsageError: not with these options.  RunError: what would do them cannot be reached.
        """
        if self.options.address is not None and not self.is_elsewhere:
            what = f"is of engines that work elsewhere, and {type(self).__name__.lower()} works here"
            raise UsageError(what, where="--address", hint="leave it out, or add --engine=dask")

    @abstractmethod
    def rows(self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher) -> Rows:
        """Each cell with its row as it ends, in whatever order; none of those for which there was no time.

        A cell is worked on in `study.part(cell)`, and has its place by `study.settle` before its row is given. Whoever
        iterates writes the row down before the next one is asked for; where that stops, so does all work.

        Raises:  ComparisonError: of `study.settle`.  RunError: the disk is full, or the engine is gone.
        """


ENGINES: Registry[Engine] = Registry("engine", "nnlab.labs.engines")
"""Engines, one per file, named after its class."""


def engine_named(name: str, options: EngineOptions | None = None) -> Engine:
    """The engine of a name, told how. Raises UsageError: there is none of it."""
    return ENGINES.get(name)(options)
