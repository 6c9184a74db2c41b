"""A regression's page: what was said against what is true, and the largest errors."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.tasks.regression import Regression
from nnlab.tracking.pages.page import table
from nnlab.tracking.pages.plane import Plane
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.pictures import most_wrong
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import PARTITIONS, number, table_of, words

MOST_VALUES, MOST_WRONG = 6, 24
"""Values that have a plot of their own; errors that are listed."""


@dataclass
class Numbers:
    """What was said of a partition's samples, value by value.

    Options:  pairs: by value, (true, said) of every sample.  worst: the samples that are farthest off, worst first.
    """

    pairs: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    worst: list[tuple[float, int, Mapping[str, Any]]] = field(default_factory=list)

    def add(self, row: Mapping[str, Any], place: int) -> None:
        """Takes in a row of predictions.jsonl."""
        actual, predicted = row.get("actual"), row.get("predicted")
        if not isinstance(actual, Mapping) or not isinstance(predicted, Mapping):
            return
        off = 0.0
        for name in actual:
            true, said = number(actual, name), number(predicted, name)
            self.pairs.setdefault(name, []).append((true, said))
            off = max(off, abs(said - true)) if said == said else np.inf
        held = (off, -place, row)
        if len(self.worst) < MOST_WRONG:
            heapq.heappush(self.worst, held)
        elif held[:2] > self.worst[0][:2]:
            heapq.heapreplace(self.worst, held)

    def of(self, name: str) -> tuple[Array, Array]:
        """True and said, of a value.  Shapes:  (samples,) each"""
        both = np.array(self.pairs[name], np.float64).reshape(-1, 2)
        return both[:, 0], both[:, 1]


@READINGS.register(Regression)
class RegressionReading(Reading):
    """Plots of what was said against what is true; the worst errors."""

    @cached_property
    def numbers(self) -> Mapping[str, Numbers]:
        """By partition, the one that says most first."""
        found: dict[str, Numbers] = {}
        for place, row in enumerate(self.recorded.predictions()):
            found.setdefault(row["partition"], Numbers()).add(row, place)
        return {name: found[name] for name in PARTITIONS if name in found and found[name].pairs}

    def result(self) -> str:
        """The figure, and what always answering the median would give."""
        said, best = super().result(), self.recorded.best
        if best is None or best[0] not in self.numbers:
            return said
        errors = []
        numbers = self.numbers[best[0]]
        for name in list(numbers.pairs)[:MOST_VALUES]:
            true, given = numbers.of(name)
            known = np.isfinite(given)
            if known.any():
                off = np.abs(given[known] - true[known])
                half = 1.96 * float(off.std(ddof=1)) / len(off) ** 0.5 if len(off) > 1 else 0.0
                guess = float(np.abs(true - np.median(true)).mean())
                errors.append(
                    f"{words(name, 40)} is off by {off.mean():.4g} on average (± {half:.2g} with 95% confidence); "
                    f"always answering the median would be off by {guess:.4g}"
                )
        said = f"{said}{self._intervals(best[0])}"
        return f"{said} {'; '.join(errors)}." if errors else said

    def _intervals(self, partition: str) -> str:
        """How sure the figures are, where the run has said it."""
        intervals = table_of(self.recorded.summary, "intervals").get(partition)
        if not isinstance(intervals, Mapping):
            return ""
        ends = {key: pair for key, pair in intervals.items() if isinstance(pair, list) and len(pair) == 2}
        told = [f"{self.recorded.title(key)} {low:.4g} to {high:.4g}" for key, (low, high) in ends.items()
                if isinstance(low, (int, float)) and isinstance(high, (int, float))]  # fmt: skip
        return f" With 95% confidence (bootstrap): {', '.join(told)}." if told else ""

    def figures(self) -> Iterator[Part]:
        """A plot for each value, then the worst."""
        if not self.numbers:
            yield missing("predicted", "Said against true", "the run left no answers.")
            return
        partition, numbers = next(iter(self.numbers.items()))
        names = list(numbers.pairs)
        plots = "".join(f"<div>{_plot(name, numbers)}</div>" for name in names[:MOST_VALUES])
        left = f" The first {MOST_VALUES} of {len(names)} values are drawn." if names[MOST_VALUES:] else ""
        yield Part(
            "predicted",
            "Said against true",
            f'<div class="pair">{plots}</div>',
            intro=f"Every {partition} sample is a dot: what is true across, what was said upwards. On the dashed "
            f"line both are the same.{left}",
        )
        intro = "Pictures as the network saw them, the highest loss first: what it said, what is true, and the file."
        yield most_wrong(self.pictures, _listed(numbers), intro)


def _plot(name: str, numbers: Numbers) -> str:
    true, said = numbers.of(name)
    known = np.isfinite(true) & np.isfinite(said)
    shown = words(name, 40)
    words_of = (f"{shown}, true", f"{shown}, said", f"{shown}: what was said against what is true")
    plane = Plane.around(true[known], said[known], words_of)
    return plane.drawn(plane.diagonal(), plane.points(true, said))


def _listed(numbers: Numbers) -> str:
    worst = sorted(numbers.worst, key=lambda held: held[:2], reverse=True)
    rows = [
        (
            words(str(row.get("source", "")).rpartition("/")[2], 60),
            _row(row["actual"]),
            _row(row["predicted"]),
            f"{off:.4g}" if np.isfinite(off) else "not finite",
            f"{number(row, 'loss'):.4g}" if number(row, "loss") == number(row, "loss") else "",
        )
        for off, _, row in worst
    ]
    head = {"file": False, "is": False, "was said": False, "off by": True, "loss": True}
    return table(head, rows)


def _row(values: Mapping[str, Any]) -> str:
    return words(", ".join(f"{name} {number(values, name):.4g}" for name in list(values)[:MOST_VALUES]))
