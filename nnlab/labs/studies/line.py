"""A line of a study's table: what a configuration cost over its repeats, and how well it did."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nnlab.core.errors import DataError
from nnlab.core.quartiles import Quartiles
from nnlab.labs.row import Row, step_times_of
from nnlab.labs.verdict import rows_of, runs_of
from nnlab.tracking.run import Run
from nnlab.tracking.several.groups import Group
from nnlab.tracking.step_times import StepTimes

LOADER_BOUND = 0.3
"""The share of an epoch that waits for pictures, from which on the pictures are what takes time."""

PHASES = ("load", "forward", "backward", "update", "evaluate")
REST = "rest"


@dataclass(frozen=True)
class Line:
    """A configuration.  Options:  rows: of its repeats that came to their end.  runs: theirs, in the same order."""

    name: str
    rows: tuple[Row, ...]
    runs: tuple[Run, ...]

    @property
    def group(self) -> Group:
        """Its runs, as several runs are held against others."""
        return Group(self.name, self.runs)

    @property
    def results(self) -> list[Mapping[str, Any]]:
        """What its repeats gave."""
        return [row["result"] for row in self.rows]

    @property
    def network(self) -> Mapping[str, int]:
        """The network in figures: "parameters", "multiply_adds", "activations", ..."""
        found: Mapping[str, int] = self.results[0]["network"]
        return found

    @property
    def estimate_mb(self) -> float:
        """What torchinfo would say that training takes, MB of 10^6 bytes: no measurement."""
        return self.network["torchinfo_bytes"] / 1e6

    @cached_property
    def _epochs(self) -> list[Mapping[str, Any]]:
        """Those on the clock: the first of a run warms up, where there are others."""
        return [epoch for result in self.results for epoch in result["epochs"][len(result["epochs"]) > 1 :]]

    @property
    def epoch_s(self) -> Quartiles | None:
        """Seconds of an epoch."""
        return Quartiles.of([float(epoch["seconds"]) for epoch in self._epochs])

    @property
    def steps(self) -> StepTimes | None:
        """Of its learning steps; None in a study of an earlier nnlab."""
        return step_times_of(self.rows)

    @property
    def pictures_s(self) -> float | None:
        """Pictures that an epoch of the middle learns from in a second."""
        found = self.epoch_s
        return self._epochs[0]["samples"] / found.middle if found and found.middle > 0 else None

    @property
    def phases(self) -> dict[str, float]:
        """Shares of the epochs' time, which add up to 1: REST is what no phase has."""
        whole = sum(float(epoch["seconds"]) for epoch in self._epochs)
        if not whole:
            return {}
        shares = {
            name: sum(float(epoch["phases_s"].get(name, 0.0)) for epoch in self._epochs) / whole for name in PHASES
        }
        return shares | {REST: max(0.0, 1 - sum(shares.values()))}

    @property
    def is_loader_bound(self) -> bool:
        """Whether pictures are what it waits for."""
        return self.phases.get("load", 0.0) > LOADER_BOUND

    @property
    def cpu_s(self) -> float:
        """Processor seconds of a cell's whole process, in the mean."""
        return statistics.fmean(float(row["cpu_s"]) for row in self.rows)

    def memory_mb(self, when: str) -> float | None:
        """MiB at most over the process's before the network was built: "peak", "training", "evaluation"."""
        known = [result["memory_mb"][when] for result in self.results if result["memory_mb"][when] is not None]
        return max(map(float, known), default=None)

    @property
    def overshoots(self) -> list[Mapping[str, Any]]:
        """What each run's summary says of overshoot, of those that say it."""
        found = [(run.summary or {}).get("overshoot") for run in self.runs]
        return [each for each in found if isinstance(each, Mapping)]


def lines_of(names: Sequence[str], rows: Sequence[Row], folder: Path) -> list[Line]:
    """A line for each configuration of which a repeat came to its end, in their order.

    Raises:  DataError: a run that a row speaks of is gone, or damaged.
    """
    found = []
    for name in names:
        own, runs = rows_of(rows, name), runs_of(rows, name, folder)
        if len(own) != len(runs):
            raise DataError("has rows without a run", where=str(folder))
        if own:
            found.append(Line(name, tuple(own), tuple(runs)))
    return found
