"""Where a sweep is, by its folder alone: also while another process is at work on it."""

import statistics
import time
from collections.abc import Mapping
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
from nnlab.tracking.lock import is_held


@dataclass(frozen=True)
class Status:
    """Options:  since: the cells at work, and when each was begun.  is_held: whether a process has the folder."""

    swept: Swept
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
    def left(self) -> int:
        """Runs that have not begun: those of trials that are not proposed yet among them."""
        repeats = int(self.plan.options.get("repeats", 1))
        unproposed = 0
        if self.state != "finished" and not self.plan.options.get("rungs"):
            unproposed = max(0, int(self.plan.options.get("trials", 0)) - len(self.swept.table.results))
        ended = {row["identity"] for row in self.rows}
        waiting = [cell for cell in self.plan.cells if cell.identity not in ended and cell.identity not in self.since]
        return len(waiting) + repeats * unproposed

    @property
    def state(self) -> str:
        """running, finished, or left: nobody is at work, and some is to be done."""
        if self.is_held:
            return "running"
        return "left" if self.swept.finished.left else "finished"

    @property
    def seconds_left(self) -> float | None:
        """About, by what runs took so far; None where none ended, or nobody is at work."""
        took = [float(row["wall_s"]) for row in self.rows if row["status"] == DONE]
        if not took or not self.since:
            return None
        each, now = statistics.fmean(took), time.time()
        begun = sum(max(0.0, each - (now - since)) for since in self.since.values())
        return (self.left * each + begun) / len(self.since)

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
            "running": [{**cell.about, "seconds": max(0.0, now - self.since[cell.identity])} for cell in self.running],
            "failed": [{key: row[key] for key in ("cell", "repeat", "reason", "log") if key in row}
                       for row in self.rows if row["status"] == FAILED],
            "seconds_left": self.seconds_left,
            "best": best and {**best.trial.about, PARTITION: best.spread and best.spread.mean},
        }  # fmt: skip


def status_of(study: SweepFolder) -> Status:
    """Raises DataError: it is no sweep's folder, or damaged."""
    held, since, plan = is_held(study.folder), at_work(study), study.plan
    return Status(swept(plan, study, finished(plan, study)), since, held)
