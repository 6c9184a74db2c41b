"""What became of trials, by the rows of a folder and the runs in it."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from nnlab.labs.cell import Cell
from nnlab.labs.row import DONE, FAILED, Row
from nnlab.labs.sweep.trials import Planned, Trial
from nnlab.tracking.judged import Judge, judge_of, number_of
from nnlab.tracking.run import Run, read_run
from nnlab.tracking.several.groups import Group
from nnlab.tracking.several.results import Spread, spread_of
from nnlab.tracking.several.verdict import figure_of

PARTITION: Literal["dev"] = "dev"


@dataclass(frozen=True, eq=False)
class Result:
    """A trial, as far as it came.

    Options:  cells: of its repeats, the furthest that were planned.  rows: of those that ended.
              runs: of those that came to their end.  seconds: of all its cells, the earlier parts' among them.
              epochs: that it was left after; None where it is not to be left.
    """

    trial: Trial
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    runs: tuple[Run, ...]
    seconds: float
    epochs: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every repeat came to its end."""
        return len(self.runs) == len(self.cells)

    @property
    def is_over(self) -> bool:
        """Whether every repeat was trained to its end, and not left before: [prune] has it done in parts."""
        return self.is_whole and self.epochs is None and all(row["result"].get("over", True) for row in self.rows)

    @property
    def failed(self) -> list[Row]:
        """The repeats that went wrong."""
        return [row for row in self.rows if row["status"] == FAILED]

    @property
    def status(self) -> str:
        """done, pruned, failed, skipped, or how much of it there is."""
        if self.is_whole:
            if self.epochs is not None:
                return f"left after epoch {self.epochs}"
            return "done" if self.is_over else f"at epoch {self.cells[0].job['epochs']}"
        if self.failed:
            return "failed" if not self.runs else f"{len(self.failed)} of {len(self.cells)} failed"
        if any(row["status"] != DONE for row in self.rows):
            return "skipped"
        return f"{len(self.runs)} of {len(self.cells)}" if self.runs else "left"

    @property
    def group(self) -> Group:
        """Its runs, as several runs are held against others."""
        return Group(self.trial.name, self.runs)

    @cached_property
    def judge(self) -> Judge | None:
        """The figure that it is judged by; None where no run came to its end."""
        return judge_of(self.runs[0]) if self.runs else None

    @cached_property
    def spread(self) -> Spread | None:
        """Of that figure on dev, over its seeds."""
        if self.judge is None:
            return None
        return spread_of([figure_of(run, PARTITION, self.judge) for run in self.runs])

    @property
    def loss(self) -> float:
        """The mean loss on dev; infinite where there is none."""
        scores = [(run.summary or {}).get(PARTITION) or {} for run in self.runs]
        known = [loss for score in scores if (loss := number_of(score.get("loss"))) is not None]
        return statistics.fmean(known) if known else math.inf

    @property
    def value(self) -> float | None:
        """The mean over its seeds, the greater the better; None where one of them has no figure."""
        if self.judge is None or self.spread is None or len(self.spread.values) < len(self.cells):
            return None
        return self.spread.mean if self.judge.better == "higher" else -self.spread.mean

    @property
    def standing(self) -> tuple[float, float] | None:
        """By what it is held against others, the greater the better: of one figure the lower loss, as best weights are
        chosen. None where it has no figure."""
        return None if self.value is None else (self.value, -self.loss)


def result_of(planned: Planned, rows: Mapping[str, Row], folder: Path) -> Result:
    """Options:  rows: by identity. Raises DataError: a run is gone, or damaged."""
    last = planned.rungs[-1]
    own = tuple(rows[cell.identity] for cell in last if cell.identity in rows)
    runs = tuple(read_run(folder / str(row["result"]["run"])) for row in own if row["status"] == DONE)
    every = [rows[cell.identity] for cells in planned.rungs for cell in cells if cell.identity in rows]
    seconds = sum(float(row.get("wall_s") or 0.0) for row in every)
    return Result(planned.trial, last, own, runs, seconds, planned.left)


def ranked(results: Sequence[Result]) -> list[Result]:
    """The best first: whole trainings, then those that were left, the longest first; at the end what has no figure."""

    def place(result: Result) -> tuple[bool, float, float, float, int]:
        far = math.inf if result.is_over else result.epochs or result.cells[0].job.get("epochs", math.inf)
        value, less = result.standing or (0.0, 0.0)
        return result.standing is None, -far, -value, -less, result.trial.number

    return sorted(results, key=place)
