"""Where a sweep is, by its folder alone: also while another process is at work on it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.labs.cell import Cell
from nnlab.labs.engine import finished
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, FAILED, SKIPPED, Row
from nnlab.labs.sweep.at_work import at_work
from nnlab.labs.sweep.folder import SweepFolder
from nnlab.labs.sweep.report import Swept, swept
from nnlab.labs.sweep.results import PARTITION
from nnlab.labs.sweep.rungs import Rung, at_hand, epochs_of, rungs_of
from nnlab.labs.sweep.trials import Planned
from nnlab.tracking.lock import is_held


@dataclass(frozen=True)
class Status:
    """Options:  planned: every trial by now.  is_over: whether nothing follows from what became of them.
    since: the cells at work, and when each was begun.  is_held: whether a process has the folder.
    """

    swept: Swept
    planned: Sequence[Planned]
    is_over: bool
    since: Mapping[str, float]
    is_held: bool

    @property
    def plan(self) -> Plan:
        """What it is to do, as far as that is known."""
        return self.swept.plan

    @property
    def rows(self) -> tuple[Row, ...]:
        """Of the runs that ended."""
        return self.swept.finished.rows

    def count(self, status: str) -> int:
        """Runs that ended so."""
        return sum(row["status"] == status for row in self.rows)

    @property
    def running(self) -> list[Cell]:
        """At work now."""
        return [cell for cell in self.plan.cells if cell.identity in self.since]

    @property
    def rungs(self) -> list[Rung]:
        """How far each is; none where nothing is pruned."""
        return rungs_of(self.plan.options, self.planned, self._ended, is_over=self.state == "finished")

    @property
    def rung(self) -> int | None:
        """The one at hand, counted from 1."""
        return at_hand(self.planned, self._ended) if self.rungs else None

    @property
    def _ended(self) -> frozenset[str]:
        return frozenset(row["identity"] for row in self.rows)

    @property
    def left(self) -> int:
        """Runs that have not begun: those of trials that are not proposed yet, and of later rungs, among them."""
        return len(self._waiting) + sum(count for count, _ in self._to_come)

    @property
    def _waiting(self) -> list[Cell]:
        ended = self._ended
        return [cell for cell in self.plan.cells if cell.identity not in ended and cell.identity not in self.since]

    @property
    def _to_come(self) -> list[tuple[int, int]]:
        """Runs that are not known yet, and the epochs of each."""
        if self.state == "finished":
            return []
        repeats = int(self.plan.options.get("repeats", 1))
        if rungs := self.rungs:
            return [(repeats * (rung.trials - rung.begun), rung.epochs - rung.since) for rung in rungs]
        return [(repeats * max(0, int(self.plan.options.get("trials", 0)) - len(self.planned)), 1)]

    @property
    def state(self) -> str:
        """running, finished, or left: nobody is at work, and some is to be done."""
        if self.is_held:
            return "running"
        return "left" if self.swept.finished.left or not self.is_over else "finished"

    @property
    def seconds_left(self) -> float | None:
        """About, by what runs took so far; None where none ended, or nobody is at work."""
        cells = {cell.identity: cell for cell in self.plan.cells}
        done = [row for row in self.rows if row["status"] == DONE]
        if not done or not self.since:
            return None
        each = sum(float(row["wall_s"]) for row in done) / sum(epochs_of(cells[row["identity"]]) for row in done)
        begun = [(epochs_of(cell), time.time() - self.since[cell.identity]) for cell in self.running]
        left = sum(max(0.0, epochs * each - seconds) for epochs, seconds in begun)
        left += each * sum(epochs_of(cell) for cell in self._waiting)
        left += each * sum(count * epochs for count, epochs in self._to_come)
        return left / len(self.since)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        table, now = self.swept.table, time.time()
        best = table.best
        return {
            "sweep": str(self.swept.study.folder),
            "state": self.state,
            "trials": int(self.plan.options.get("trials", 0)),
            "runs": {"done": self.count(DONE), "running": len(self.running), "failed": self.count(FAILED),
                     "skipped": self.count(SKIPPED), "left": self.left},
            "rungs": [rung.document for rung in self.rungs], "rung": self.rung,
            "running": [{**cell.about, "seconds": max(0.0, now - self.since[cell.identity])} for cell in self.running],
            "failed": [{key: row[key] for key in ("cell", "repeat", "reason", "log") if key in row}
                       for row in self.rows if row["status"] == FAILED],
            "seconds_left": self.seconds_left,
            "best": best and {**best.trial.about, PARTITION: best.spread and best.spread.mean},
        }  # fmt: skip


def status_of(study: SweepFolder) -> Status:
    """Raises DataError: it is no sweep's folder, or damaged."""
    held, since, plan = is_held(study.folder), at_work(study), study.plan
    return Status(swept(plan, study, finished(plan, study)), study.planned, study.is_over, since, held)
