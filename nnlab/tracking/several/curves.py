"""Curves of several experiments over one another: a line for each, a band where it has several seeds."""

from collections.abc import Iterator, Sequence

import numpy as np

from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.tracking.judged import number_of
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.lines import HALF, Frame, Line
from nnlab.tracking.run import Run
from nnlab.tracking.several.groups import Group
from nnlab.tracking.several.table import Compared

COLORS = ("c0", "c3", "c5", "c4", "c6", "c7", "c2", "c1")

MOST_EPOCHS = 300
"""Columns of a chart; of longer runs evenly spread epochs."""

MOST = 16
"""Experiments that are drawn: more cannot be told apart."""


def charts(compared: Compared) -> Iterator[str]:
    """Loss and judging figure of training and dev, as far as they were recorded."""
    groups = compared.groups[:MOST]
    epochs = _epochs([run for group in groups for run in group.runs])
    judge = compared.judge
    for place, (partition, key) in enumerate((p, k) for k in ("loss", judge.key) for p in ("training", "dev")):
        lines = list(_lines(groups, epochs, partition, key))
        if not lines:
            continue
        title = f"{partition} {'loss' if key == 'loss' else judge.title}"
        frame = Frame(
            Columns.each(epochs),
            upright=title,
            label=f"{title} over the epochs, {', '.join(line.name for line in lines)}",
            scale="auto" if key == "loss" else judge.scale,
            size=HALF,
        )
        yield line_chart(f"several-{place}", lines, frame)


def _epochs(runs: Sequence[Run]) -> list[int]:
    return evenly(sorted({int(row["epoch"]) for run in runs for row in run.metrics}), MOST_EPOCHS)


def _lines(groups: Sequence[Group], epochs: Sequence[int], partition: str, key: str) -> Iterator[Line]:
    for place, group in enumerate(groups):
        found = np.stack([values_of(run, epochs, partition, key) for run in group.runs])
        if np.isnan(found).all():
            continue
        kind, color = "dashed" if place >= len(COLORS) else "", COLORS[place % len(COLORS)]
        if len(found) == 1:
            yield Line(group.label, found[0], color, kind)
            continue
        name = f"{group.label}, mean of {len(found)}"
        yield Line(name, found.mean(axis=0), color, kind, band=(found.min(axis=0), found.max(axis=0)))


def values_of(run: Run, epochs: Sequence[int], partition: str, key: str) -> Array:
    """(epochs,) of a figure; NaN where a run has none, so that a mean goes as far as all of its runs."""
    rows = {row["epoch"]: number_of(row.get(key)) for row in run.metrics if row["partition"] == partition}
    known: Array = np.array([np.nan if rows.get(epoch) is None else rows[epoch] for epoch in epochs], np.float64)
    return known
