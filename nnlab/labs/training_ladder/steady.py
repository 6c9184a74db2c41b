"""Passes over the ladder, until the same rung twice is near enough to itself."""

import math
from collections.abc import Sequence

import numpy as np

from nnlab.labs.budget import Budget
from nnlab.labs.engine import Finished, run
from nnlab.labs.engines.base import Watcher
from nnlab.labs.plan import Plan
from nnlab.labs.row import DONE, Row
from nnlab.labs.study_folder import StudyFolder
from nnlab.labs.training_ladder.plan import Ladder, Step
from nnlab.labs.training_ladder.rungs import AGAIN
from nnlab.metrics.student import t_quantile

LEAST, MOST = 2, 6
"""Passes."""

STEADY = 0.05
"""How far the same rung may be from itself, for a ladder to say more than orders of magnitude."""


def climbed(
    ladder: Ladder, study: StudyFolder, budget: Budget, watcher: Watcher, *, most: int = MOST
) -> tuple[Plan, Finished]:
    """Passes, of which there is one more as long as the same differs from itself by 5%; what ran before is taken.

    Options:  most: passes.
    """
    passes = LEAST
    while True:
        plan = ladder.plan(passes)
        finished = run(plan, study, budget=budget, watcher=watcher)
        engines = {step.engine for step in ladder.steps}
        steady = all(measure(ladder.steps, engine, finished.rows)[1] <= STEADY for engine in engines)
        if finished.left or steady or passes >= most:
            return plan, finished
        passes += 1


def by_pass(rows: Sequence[Row], name: str) -> dict[int, Row]:
    """The rows of a rung's timed cells that came to their end, by pass."""
    return {int(row["repeat"]): row for row in rows if row["cell"] == name and row["status"] == DONE}


def median_ms(row: Row, key: str = "ms") -> float:
    """Of a pass's steps."""
    return float(np.median(row["result"][key]))


def ratios(rows: Sequence[Row], name: str, base: str, key: str = "ms") -> list[float]:
    """A rung's median step over that of another in the same pass, pass by pass."""
    own, other = by_pass(rows, name), by_pass(rows, base)
    return [median_ms(own[number], key) / median_ms(other[number], key) for number in sorted(own.keys() & other.keys())]


def mean_ratio(found: Sequence[float]) -> float | None:
    """The geometric mean; None of none."""
    return math.exp(float(np.mean(np.log(found)))) if found else None


def measure(steps: Sequence[Step], engine: str, rows: Sequence[Row]) -> tuple[str, float]:
    """By what steps are compared, and how far the same is from itself by that.

    That is time on the wall. Where a machine is too busy for it, the processor's, if the same is near itself by that:
    it can be told of rungs with as many threads as the first.
    """
    wall, cpu = (spread(steps, engine, rows, key) for key in ("ms", "cpu_ms"))
    return ("cpu_ms", cpu) if cpu <= STEADY < wall and len(_again(steps, engine, rows)) >= LEAST else ("ms", wall)


def beyond(steps: Sequence[Step], engine: str, rows: Sequence[Row]) -> float:
    """How many times the spread, on a scale of logarithms, a rung has to be away for something to be said of it.

    1 on a steady machine; on a busy one the t of 95% of as many degrees of freedom as there were passes: after one
    pass, whose spread may be small by chance, 12.7.
    """
    passes = len(_again(steps, engine, rows))
    if passes >= LEAST and measure(steps, engine, rows)[1] <= STEADY:
        return 1.0
    return t_quantile(0.95, max(passes, 1))


def spread(steps: Sequence[Step], engine: str, rows: Sequence[Row], key: str = "ms") -> float:
    """How far the mean ratio of a rung may be from 1 by chance, as far as the first rung and the same again tell.

    spread = exp(max(|mean log ratio|, max over passes of |log ratio| / sqrt(passes))) - 1

    Infinite where the two never ran: then there is nothing to go by, and no pass would help.
    """
    found = _again(steps, engine, rows, key)
    if not found:
        return 0.0 if not any(by_pass(rows, step.name) for step in steps if step.engine == engine) else math.inf
    logs = [math.log(ratio) for ratio in found]
    largest = max(abs(log) for log in logs) / math.sqrt(len(logs))
    return math.exp(max(abs(sum(logs)) / len(logs), largest)) - 1


def _again(steps: Sequence[Step], engine: str, rows: Sequence[Row], key: str = "ms") -> list[float]:
    """The same again over the first rung, pass by pass."""
    again = next((step for step in steps if step.engine == engine and step.name.endswith(f" {AGAIN}")), None)
    return ratios(rows, again.name, again.base, key) if again else []
