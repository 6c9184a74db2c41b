"""Two experiments held against each other by the figures of their runs, each of which has its seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.metrics.significance import paired_t, welch
from nnlab.tracking.judged import Judge
from nnlab.tracking.run import Run
from nnlab.tracking.several.differences import Seeds
from nnlab.tracking.several.verdict import Partition, Verdict, figure_of


def by_seeds(
    labels: tuple[str, str], partition: Partition, judge: Judge, both: Sequence[Mapping[Seeds, Run]]
) -> Verdict:
    """Paired where every seed of the smaller group is one of the other's, else by Welch's test."""
    first, second = (
        {seeds: value for seeds, run in group.items() if (value := figure_of(run, partition, judge)) is not None}
        for group in both
    )
    shared = [seeds for seeds in first if seeds in second]
    if len(shared) < 2 or len(shared) < min(len(first), len(second)):
        found = welch(list(first.values()), list(second.values()))
        return Verdict(labels, partition, judge, _mean(first), _mean(second), (len(first), len(second)), found)
    left = max(len(first), len(second)) - len(shared)
    first, second = ({seeds: group[seeds] for seeds in shared} for group in (first, second))
    found = paired_t(list(first.values()), list(second.values()))
    counts = (len(shared), len(shared))
    made = Verdict(labels, partition, judge, _mean(first), _mean(second), counts, found)
    return made.noted(f"{left} more have seeds that the other has not, and stand aside") if left else made


def _mean(figures: Mapping[Any, float]) -> float | None:
    return sum(figures.values()) / len(figures) if figures else None
