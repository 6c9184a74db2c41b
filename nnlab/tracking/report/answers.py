"""The answers of a classification, read once from predictions.jsonl and summed up by partition."""

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.tracking.report.recorded import number, words

MOST_WRONG = 24
"""Mistakes of a partition that are listed."""


@dataclass
class Answers:
    """What was said of a partition's samples.

    Options:  counts: by (actual, predicted) class; predicted None where undecided.
              confidence, right: of each sample that has a confidence.
              worst: the mistakes with the highest loss, or confidence where no loss is recorded; highest first.
    """

    counts: dict[tuple[str, str | None], int] = field(default_factory=dict)
    confidence: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    worst: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def samples(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def correct(self) -> int:
        """How many were right."""
        return sum(count for (actual, predicted), count in self.counts.items() if actual == predicted)

    @property
    def largest(self) -> int:
        """Samples of the largest class."""
        by_class: dict[str, int] = {}
        for (actual, _), count in self.counts.items():
            by_class[actual] = by_class.get(actual, 0) + count
        return max(by_class.values(), default=0)

    def pairs(self, names: Sequence[str]) -> tuple[Array, Array, Array]:
        """Actual and predicted indexes and how often, of what was decided."""
        index = {name: place for place, name in enumerate(names)}
        found = [(index[a], index[p], n) for (a, p), n in self.counts.items() if p is not None]
        table = np.array(found, np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]


def gathered(rows: Iterable[Mapping[str, Any]]) -> dict[str, Answers]:
    """The answers by partition. Rows that are no answers of a classification are left out."""
    found: dict[str, Answers] = {}
    heaps: dict[str, list[tuple[float, int, Mapping[str, Any]]]] = {}
    for place, row in enumerate(rows):
        actual, predicted = row.get("actual"), row.get("predicted")
        if not isinstance(actual, str) or not isinstance(predicted, (str, type(None))):
            continue
        actual, predicted = words(actual), words(predicted) if predicted is not None else None
        own = found.setdefault(row["partition"], Answers())
        own.counts[actual, predicted] = own.counts.get((actual, predicted), 0) + 1
        confidence = number(row, "confidence")
        if 0 <= confidence <= 1:
            own.confidence.append(confidence)
            own.right.append(actual == predicted)
        if actual != predicted:
            _push(heaps.setdefault(row["partition"], []), _badness(row), place, row)
    for partition, heap in heaps.items():
        found[partition].worst = [row for _, _, row in sorted(heap, key=lambda held: held[:2], reverse=True)]
    return found


def _badness(row: Mapping[str, Any]) -> float:
    loss = number(row, "loss")
    badness = loss if math.isfinite(loss) else number(row, "confidence")
    return badness if math.isfinite(badness) else math.inf


def _push(heap: list[tuple[float, int, Mapping[str, Any]]], badness: float, place: int, row: Mapping[str, Any]) -> None:
    """Keeps the worst ones; of equals the first."""
    held = (badness, -place, {key: value for key, value in row.items() if key != "probabilities"})
    if len(heap) < MOST_WRONG:
        heapq.heappush(heap, held)
    elif held[:2] > heap[0][:2]:
        heapq.heapreplace(heap, held)
