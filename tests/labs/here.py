"""An engine that does everything in this process: another one than the default, and quicker to test with."""

from collections.abc import Sequence
from typing import Any

from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import Engine, Rows, Watcher
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.work import worked


class Here(Engine):
    """Cells as they stand, without processes of their own."""

    def rows(self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher) -> Rows:
        for place, cell in enumerate(cells, 1):
            watcher.begins(cell, place, len(cells))

            def say(event: str, cell: Cell = cell, **said: Any) -> None:
                watcher.heard(cell, event, said)

            part = study.part(cell)
            yield cell, study.settle(cell, part, worked(cell, part, say, place=study.place(cell)))
