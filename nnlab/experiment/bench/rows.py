"""What the cells told becomes the rows of a table: medians, spreads, ratios."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.quartiles import Quartiles
from nnlab.experiment.bench.plan import Cell
from nnlab.experiment.bench.turnstile import Told

Epochs = Mapping[tuple[int, int], float]
"""Milliseconds of each measured epoch, by (repetition, epoch)."""


def warm_up(epochs: int) -> int:
    """How many epochs at the beginning are trained but left out of the figures: caches and memory fill in them."""
    if epochs < 3:
        return 0
    return 1 if epochs < 10 else 3


@dataclass(frozen=True, eq=False)
class Measured:
    """A cell and what each of its repetitions told."""

    cell: Cell
    told: Sequence[Told]

    @property
    def error(self) -> str | None:
        """Why the first repetition that failed did; None when none has."""
        return next((told.error for told in self.told if told.error is not None), None)

    @property
    def exit_code(self) -> int:
        """How a command is to end for that."""
        return next((told.exit_code for told in self.told if told.error is not None), 0)

    @property
    def epochs(self) -> Epochs:
        """The measured epochs, those of the warm-up left out; none of a cell that has failed."""
        return self._each("ms")

    def _each(self, what: str) -> Epochs:
        if self.error is not None:
            return {}
        skipped = self._skipped
        return {
            (turn, number): epoch[what]
            for turn, told in enumerate(self.told)
            for number, epoch in enumerate(told.epochs)
            if number >= skipped
        }

    @property
    def _skipped(self) -> int:
        return warm_up(min((len(told.epochs) for told in self.told), default=0))

    def row(self) -> dict[str, Any]:
        """The row of the document, but for its ratio; figures of a cell that has failed are None."""
        whole, run = self.error is None, self.cell.experiment.run
        times, cpu = list(self.epochs.values()), list(self._each("cpu_ms").values())
        epoch_ms = Quartiles.of(times)
        loaded = [told.loaded for told in self.told] if whole else []
        results = [told.result for told in self.told] if whole else []
        return {
            "experiment": run.exp_id,
            "backend": self.cell.backend,
            "data_loader": self.cell.experiment.data.data_loader,
            "dtype": run.dtype,
            "device": loaded[0]["device"] if loaded else None,
            "threads": run.threads,
            "peer": self.cell.peer is not None,
            "note": self.cell.note,
            "parameters": loaded[0]["parameters"] if loaded else None,
            "samples": loaded[0]["samples"] if loaded else None,
            "gradient_checks": "off" if self.cell.peer else run.gradient_checks,
            "instability_checks": "off" if self.cell.peer else run.instability_checks,
            "epochs": len(self.told[0].epochs),
            "repeats": len(self.told),
            "warmup_epochs": self._skipped if whole else None,
            "measured_epochs": len(times),
            "load_s": _middle([said["load_s"] for said in loaded]),
            "train_s": _middle([sum(e["ms"] for e in told.epochs) / 1e3 for told in self.told] if whole else []),
            "epoch_ms": epoch_ms and epoch_ms.middle,
            "epoch_ms_q1": epoch_ms and epoch_ms.low,
            "epoch_ms_q3": epoch_ms and epoch_ms.high,
            "cpu_ms": _middle(cpu),
            "idle_cpu_ms": _middle([said["idle_cpu_ms"] for said in results]),
            "peak_memory_mb": max((said["peak_memory_mb"] for said in results), default=None),
            f"dev_{self.cell.experiment.figure}": results[0]["dev_accuracy"] if results else None,
            "error": self.error,
            "exit_code": self.exit_code,
        }


def rows(measured: Sequence[Measured]) -> tuple[list[dict[str, Any]], list[list[float | None]]]:
    """Every row with its ratio to the fastest, and how many times the time of each other row each takes.

    ratio[i][j] = median over the epochs of (time of row i / time of row j), epoch by epoch: the two were trained
    within one round, so what slowed the machine down then slowed both.
    """
    found = [each.row() for each in measured]
    ratios = [[ratio(a.epochs, b.epochs) for b in measured] for a in measured]
    timed = [place for place, row in enumerate(found) if row["epoch_ms"] is not None]
    fastest = min(timed, key=lambda place: _mean_log(ratios[place]), default=None)
    for place, row in enumerate(found):
        row["ratio"] = None if fastest is None else ratios[place][fastest]
    return found, ratios


def _mean_log(against: Sequence[float | None]) -> float:
    """How fast a row is against all: the least of these is that of the row whose ratios to the others are the least."""
    known = [math.log(value) for value in against if value]
    return sum(known) / len(known)


def ratio(mine: Epochs, other: Epochs) -> float | None:
    """The median over the epochs that both have of mine / other; None when there are none."""
    return _middle([mine[key] / other[key] for key in mine.keys() & other.keys() if other[key] > 0])


def _middle(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None
