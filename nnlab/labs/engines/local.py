"""Cells on this machine, each in a process of its own."""

from collections.abc import Iterator, Mapping, Sequence
from queue import SimpleQueue
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.machine import usable_cores
from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.attempt import Attempt
from nnlab.labs.engines.base import ENGINES, Engine, EngineOptions, Rows, Watcher
from nnlab.labs.engines.crew import Crew
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.worker import COMMAND

News = SimpleQueue[tuple[Cell, str, Any]]
"""What threads tell: of a cell an event and what belongs to it, at last "row" (None where time ran out) or "error"."""


@ENGINES.register
class Local(Engine):
    """As many cells at once as there are workers. With one, nothing else takes time from what is measured.

    Options:  command: that starts the process of a cell.
    """

    def __init__(self, options: EngineOptions | None = None, command: tuple[str, ...] = COMMAND):
        super().__init__(options)
        self.command = command

    @property
    def workers(self) -> int:
        """How many cells are at work at once."""
        return self.options.workers or 1

    def ready(self, cells: Sequence[Cell]) -> None:
        """Threads of several workers together are no more than the cores: they would only wait for each other."""
        super().ready(cells)
        threads, cores = max((cell.cores for cell in cells), default=1), usable_cores()
        if self.workers > 1 and self.workers * threads > cores:
            what = f"{self.workers} cells at once of {threads} threads each are more than the {cores} cores here"
            hint = f"do {max(cores // threads, 1)} at once"
            if all(cell.cores == (cell.threads or cores) for cell in cells) and (fewer := cores // self.workers):
                hint += f", or use --threads={fewer}"
            raise UsageError(what, where="--engine=local", hint=hint)

    def rows(self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher) -> Rows:
        """As they end; a cell that would not fit any more is passed over for one that may."""
        news: News = SimpleQueue()
        waiting: Iterator[tuple[int, Cell]] = iter(enumerate(cells, 1))
        with Crew() as crew:

            def begun() -> int:
                for place, cell in waiting:
                    if budget.fits(cell):
                        watcher.begins(cell, place, len(cells))
                        crew.begin(self._work, cell, study, budget, news, crew)
                        return 1
                return 0

            at_work = sum(begun() for _ in range(self.workers))
            try:
                while at_work:
                    cell, event, said = news.get()
                    if event == "error":
                        raise said
                    if event != "row":
                        watcher.heard(cell, event, said)
                        continue
                    at_work -= 1
                    if said is None:  # no other would have more time
                        waiting = iter(())
                        continue
                    budget.took(said)
                    yield cell, said
                    at_work += begun()
            except KeyboardInterrupt:
                watcher.leaves(at_work)
                raise

    def _work(self, cell: Cell, study: StudyFolder, budget: Budget, news: News, crew: Crew) -> None:
        """In a thread: has a cell done, and tells its row."""
        part = study.part(cell)

        def heard(event: str, said: Mapping[str, Any]) -> None:
            news.put((cell, event, said))

        attempt = Attempt(cell, part, study.place(cell), heard, lambda: budget.left, self.command, crew)
        try:
            row = attempt.row(self.options.retries)
            news.put((cell, "row", None if row is None else study.settle(cell, part, row)))
        except BaseException as error:
            news.put((cell, "error", error))
        finally:
            study.put_aside(cell, part)  # of one that has its place nothing is there
