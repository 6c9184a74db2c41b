"""Runs the cells of a plan that have not run yet; what does the work is an engine, of which there may be several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, Row, failed
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.worker import COMMAND, Late, told


class Watcher:
    """What listens to a lab; this one says nothing."""

    def begins(self, cell: Cell, place: int, total: int) -> None:
        """A cell's process is started; it is the place-th of total, counted from 1."""

    def heard(self, cell: Cell, event: str, said: Mapping[str, Any]) -> None:
        """A cell tells how far it is ("epoch": done, total), or has something to warn of ("warning": line)."""

    def ended(self, cell: Cell, row: Row) -> None:
        """A cell came to its end, and its row is written."""


class Engine(Protocol):
    """What has cells done: here one by one, elsewhere by several workers."""

    def rows(
        self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher
    ) -> Iterator[tuple[Cell, Row]]:
        """Each cell with its row as it ends, in whatever order; none of those for which there was no time.

        The work is done in `study.place(cell)`. Whoever iterates writes the row down before the next one is asked for.
        """
        ...


@dataclass(frozen=True)
class Local:
    """One cell at a time, each in a process of its own: nothing else takes the machine's time from what is measured.

    Options:  command: that starts such a process.
    """

    command: tuple[str, ...] = COMMAND

    def rows(
        self, cells: Sequence[Cell], study: StudyFolder, budget: Budget, watcher: Watcher
    ) -> Iterator[tuple[Cell, Row]]:
        """As they stand; a cell that would not fit any more is passed over for one that may."""
        for place, cell in enumerate(cells, 1):
            if not budget.fits(cell):
                continue
            watcher.begins(cell, place, len(cells))
            row = self._done(cell, study, budget, watcher)
            if row is None:
                return
            budget.took(row)
            yield cell, row

    def _done(self, cell: Cell, study: StudyFolder, budget: Budget, watcher: Watcher) -> Row | None:
        """The row of a cell that has its process now; None where its time ran out before it told one."""
        rows: list[Row] = []

        def heard(message: dict[str, Any]) -> None:
            event = message.pop("event")
            if event == "row":
                rows.append(message["row"])
            else:
                watcher.heard(cell, event, message)

        about = {"name": cell.name, "kind": cell.kind, "job": cell.job, "repeat": cell.repeat}
        try:
            why = told(
                {"cell": about, "folder": str(study.place(cell))}, heard, seconds=budget.left, command=self.command
            )
        except Late:
            return rows[-1] if rows else None
        if rows:
            return rows[-1]
        return failed(cell, why or "its process ended without a word", 1)


@dataclass(frozen=True)
class Finished:
    """What there is when a lab ends.  Options:  rows: in the plan's order, of the cells that came to an end."""

    rows: tuple[Row, ...]
    left: tuple[Cell, ...]


def run(
    plan: Plan,
    study: StudyFolder,
    *,
    engine: Engine | None = None,
    budget: Budget | None = None,
    watcher: Watcher | None = None,
) -> Finished:
    """Runs what is missing: cells that are done are never done again, those that failed or were skipped are tried anew.

    However it ends, no process is left at work, and every row that was told is on disk.

    Raises:  RunError: another process is at work on it, or the disk is full.  KeyboardInterrupt: Ctrl-C.
    """
    engine, budget, watcher = engine or Local(), budget or Budget(), watcher or Watcher()
    with study.alone() as ledger:
        ledger.take_over(plan.cells)
        rows = study.rows
        for row in rows.values():
            budget.took(row)
        missing = [cell for cell in plan.order if rows.get(cell.identity, {}).get("status") != DONE]
        for cell, row in engine.rows(missing, study, budget, watcher):
            ledger.add(row)
            watcher.ended(cell, row)
    return finished(plan, study)


def finished(plan: Plan, study: StudyFolder) -> Finished:
    """What there is of a plan by now. Raises DataError: a line of its rows is damaged."""
    rows = study.rows
    return Finished(
        tuple(rows[cell.identity] for cell in plan.cells if cell.identity in rows),
        tuple(cell for cell in plan.cells if cell.identity not in rows),
    )
