"""An engine that does everything in this process: another one than the default, and quicker to test with."""

from collections.abc import Iterator, Sequence
from typing import Any

from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engine import Watcher
from nnlab.labs.row import Row
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.work import worked


class Here:
    """Cells as they stand, without processes of their own."""

    def rows(
        self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher
    ) -> Iterator[tuple[Cell, Row]]:
        for place, cell in enumerate(cells, 1):
            watcher.begins(cell, place, len(cells))

            def say(event: str, cell: Cell = cell, **said: Any) -> None:
                watcher.heard(cell, event, said)

            yield cell, worked(cell, study.place(cell), say)
