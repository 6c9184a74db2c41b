"""Figures in columns: of a run's partitions, and of what answers without a network."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nnlab.metrics.base import Metric

NAME = 9
"""Least width of a row's name, and of a figure."""


def columns(figures: Mapping[str, Metric]) -> tuple[list[int], str]:
    """The width of each figure's column, and the head above them."""
    titles = [metric.figure_title for metric in figures.values()]
    widths = [max(NAME, len(title)) for title in titles]
    return widths, "".join(f" {title:>{width}}" for title, width in zip(titles, widths, strict=True))


def figures_row(score: Mapping[str, Any], figures: Mapping[str, Metric], widths: Sequence[int]) -> str:
    """The figures of a score below that head."""
    return "".join(
        f" {'-' if (value := score.get(key)) is None else metric.shown(value):>{width}}"
        for (key, metric), width in zip(figures.items(), widths, strict=True)
    )


def baseline_lines(found: Mapping[str, Any] | None, figures: Mapping[str, Metric]) -> Iterator[str]:
    """A line for each baseline, in the columns of the scores above; nothing where there are none."""
    if not found or not found["rows"]:
        return
    widths, _ = columns(figures)
    yield f"  without a network, on {found['partition']}:"
    for row in found["rows"]:
        name = f"  {row['name']:<{NAME + 10}}"  # as wide as name and loss above
        yield f"{name}{figures_row(row, figures, widths)} {found['samples']:>8}"
