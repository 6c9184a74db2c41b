"""A row of the ladder: what a rung cost beside the first one, and what may be said of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.quartiles import Quartiles
from nnlab.labs.row import DONE, Row
from nnlab.labs.training_ladder.plan import Step
from nnlab.labs.training_ladder.steady import beyond, by_pass, mean_ratio, measure, ratios
from nnlab.labs.verdict import runs_of, verdict
from nnlab.tracking.judged import judge_of
from nnlab.tracking.several.verdict import Verdict, figure_of

CLOSE = 1e-6
"""By how much losses in float64 may differ, of their size, where a rung must not change what is computed."""

MEMORY = 0.02
"""The share of the first rung's memory that counts as none."""


@dataclass(frozen=True)
class LadderLine:
    """A rung's figures over its passes.

    Options:  rows: all of the study.  folder: of the study, which runs are relative to.
              steps: all of the ladder, of which `step` is this one.
    """

    step: Step
    rows: Sequence[Row] = field(repr=False)
    folder: Path
    steps: Sequence[Step] = field(repr=False)

    @property
    def passes(self) -> list[Row]:
        """Those that came to their end."""
        return list(by_pass(self.rows, self.step.name).values())

    @property
    def problem(self) -> Row | None:
        """The first of its timed cells that did not."""
        own = (row for row in self.rows if row["cell"] == self.step.name and row["status"] != DONE)
        return next(own, None)

    def each(self, key: str) -> list[float]:
        """Of every step of every pass."""
        return [float(value) for row in self.passes for value in row["result"][key]]

    @property
    def ms(self) -> Quartiles | None:
        """Milliseconds of a step."""
        return Quartiles.of(self.each("ms"))

    @property
    def cpu_ms(self) -> float | None:
        """Of the processor, in the median step."""
        found = self.each("cpu_ms")
        return float(np.median(found)) if found else None

    @property
    def first_step_s(self) -> float | None:
        """The longest first step: that of the pass which compiled."""
        return max((float(row["result"]["first_step_s"]) for row in self.passes), default=None)

    @property
    def peak_mb(self) -> float | None:
        """MiB over what the process had before the network was built, in the median pass."""
        found = [float(row["result"]["peak_mb"]) for row in self.passes]
        return float(np.median(found)) if found else None

    @property
    def load_s(self) -> float | None:
        """Until pictures and network were ready, in the quickest pass."""
        return min((float(row["result"]["load_s"]) for row in self.passes), default=None)

    @property
    def disturbed(self) -> float | None:
        """The share of steps in which the system took the process off its core; None where it does not say."""
        found = [row["result"]["disturbed"] for row in self.passes]
        return None if not found or None in found else float(np.mean(found))

    def ratio(self, other: str, key: str = "ms") -> float | None:
        """The mean over passes of its step's time over another's in the same pass; None without."""
        return mean_ratio(ratios(self.rows, self.step.name, other, key)) if other else None

    @property
    def time_word(self) -> str:
        """faster, slower, no effect; cannot tell where the machine was too busy."""
        key, apart = measure(self.steps, self.step.engine, self.rows)
        if key == "cpu_ms" and not self._as_many_threads:
            return "cannot tell" if self.passes and self.step.base else ""
        found = self.ratio(self.step.base, key)
        if found is None:
            return ""
        times = beyond(self.steps, self.step.engine, self.rows)
        if abs(math.log(found)) <= times * math.log1p(apart):
            return "no effect" if times == 1 else "cannot tell"
        return "faster" if found < 1 else "slower"

    @property
    def _as_many_threads(self) -> bool:
        """As the first rung has: then the processor's time says which is quicker."""
        first = next((step for step in self.steps if step.name == self.step.base), self.step)
        return bool(self.step.settings["threads"] == first.settings["threads"])

    @property
    def by(self) -> str:
        """By what it is compared: "ms" or "cpu_ms"."""
        return measure(self.steps, self.step.engine, self.rows)[0]

    @property
    def memory_word(self) -> str:
        """less, more, no effect: beyond what the first rung and the same again differ by, and 2%."""
        base, again = (self._of(suffix) for suffix in ("", " again"))
        if self.peak_mb is None or base is None or base.peak_mb is None or base.step == self.step:
            return ""
        apart = abs((again.peak_mb if again and again.peak_mb is not None else base.peak_mb) - base.peak_mb)
        difference = self.peak_mb - base.peak_mb
        if abs(difference) <= max(apart, MEMORY * base.peak_mb):
            return "no effect"
        return "less" if difference < 0 else "more"

    def _of(self, suffix: str) -> "LadderLine | None":
        name = f"{self.step.base or self.step.name}{suffix}"
        found = next((step for step in self.steps if step.name == name), None)
        return None if found is None else LadderLine(found, self.rows, self.folder, self.steps)

    @property
    def off(self) -> float | None:
        """How far its losses are from the first rung's, of their size, in 20 steps of float64; None where not asked."""
        own, base = (_exact(self.rows, name) for name in (self.step.exact, f"{self.step.base}, float64"))
        if own is None or base is None:
            return None
        apart = np.abs(np.subtract(own, base)) / np.maximum(np.abs(base), np.finfo(float).tiny)
        return float(apart.max()) if len(own) == len(base) else math.inf

    @property
    def result_word(self) -> str:
        """Whether what is computed is the same."""
        if self.off is None:
            return ""
        return "same losses" if self.off <= CLOSE else f"changed the result ({self.off:.1g})"

    @property
    def verdict(self) -> Verdict | None:
        """Of dev, against the first rung's trainings; None where it was not trained."""
        if not self.step.base:
            return None
        base, own = f"{self.step.base}, trained", self.step.trained
        runs = {name: runs_of(self.rows, name, self.folder) for name in (base, own)}
        return verdict((base, runs[base]), (own, runs[own]), "dev")

    @property
    def dev(self) -> list[float]:
        """The judging figure of dev, of each training."""
        runs = runs_of(self.rows, self.step.trained, self.folder)
        figures = [figure_of(run, "dev", judge_of(run)) for run in runs]
        return [figure for figure in figures if figure is not None]

    @property
    def equals_default(self) -> bool:
        """Whether the engine does so where nobody says otherwise."""
        return bool(self.step.rung and self.step.rung.default)


def _exact(rows: Sequence[Row], name: str) -> list[float] | None:
    found = next((row for row in rows if row["cell"] == name and row["status"] == DONE), None)
    losses: Any = found["result"].get("losses") if found else None
    return [float(loss) for loss in losses] if losses else None
