"""Runs the cells of a plan that have not run yet; what does the work is an engine, of which there are several."""

from contextlib import closing
from dataclasses import dataclass

from nnlab.labs.budget import Budget
from nnlab.labs.cell import Cell
from nnlab.labs.engines.base import Engine, EngineOptions, Watcher
from nnlab.labs.engines.local import Local
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, FAILED, Row
from nnlab.labs.study_folder import StudyFolder


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

    Options:  engine: None for one cell after the other here, each once: what is measured is not tried until it fits.
    Raises:   RunError: another process is at work on it, or the disk is full.  ComparisonError: a cell was done twice,
              and came out otherwise.  KeyboardInterrupt: Ctrl-C.
    """
    engine = engine or Local(EngineOptions(retries=0))
    budget, watcher = budget or Budget(), watcher or Watcher()
    with study.alone() as ledger:
        ledger.take_over(plan.cells)
        rows = study.rows
        for row in rows.values():
            budget.took(row)
        missing = [cell for cell in plan.order if rows.get(cell.identity, {}).get("status") != DONE]
        with closing(engine.rows(missing, study, budget, watcher)) as rows_as_they_end:
            try:
                for cell, row in rows_as_they_end:
                    ledger.add(row)
                    watcher.ended(cell, row)
                    if engine.options.fail_fast and row["status"] == FAILED:
                        break
            except KeyboardInterrupt as interrupt:  # also while a row was written: the engine has its cells left
                rows_as_they_end.throw(interrupt)
                raise
    return finished(plan, study)


def finished(plan: Plan, study: StudyFolder) -> Finished:
    """What there is of a plan by now. Raises DataError: a line of its rows is damaged."""
    rows = study.rows
    return Finished(
        tuple(rows[cell.identity] for cell in plan.cells if cell.identity in rows),
        tuple(cell for cell in plan.cells if cell.identity not in rows),
    )
