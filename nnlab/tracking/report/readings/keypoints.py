"""A page of key points: how far off each point is, and the pictures that were farthest."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.tasks.keypoints import Keypoints
from nnlab.tracking.pages.columns import Columns
from nnlab.tracking.pages.line_chart import line_chart
from nnlab.tracking.pages.lines import WIDE, Frame, Line
from nnlab.tracking.pages.page import table
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.pictures import Caption, most_wrong
from nnlab.tracking.report.readings.base import READINGS, Reading
from nnlab.tracking.report.recorded import PARTITIONS, number, words

MOST_POINTS, MOST_LINES = 40, 8
"""Points that have a row, and a line."""

NEAR = (5, 10)
"""Pixels within which a point is counted as found."""

MOST_PIXELS = 40
"""Of the chart."""


class Off:
    """How far off the points of a partition are, by name; those that can be seen."""

    def __init__(self) -> None:
        self._found: dict[str, list[float]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Takes in a row of predictions.jsonl."""
        actual, predicted = row.get("actual"), row.get("predicted")
        if not isinstance(actual, Mapping) or not isinstance(predicted, Mapping):
            return
        for name in actual:
            true, said = place_of(actual[name]), place_of(predicted.get(name))
            if true is not None:
                off = np.inf if said is None else float(np.hypot(said[0] - true[0], said[1] - true[1]))
                self._found.setdefault(name, []).append(off)

    @property
    def names(self) -> Sequence[str]:
        """Of the points, in their order."""
        return list(self._found)

    def of(self, name: str) -> Array:
        """Shapes:  result: (samples in which it can be seen,), infinite where it was not said to be anywhere"""
        return np.array(self._found[name])


def place_of(told: Any) -> tuple[float, float] | None:
    """Where a point is, as predictions.jsonl has it; None where nowhere."""
    place = told.get("place") if isinstance(told, Mapping) else told
    if not isinstance(place, list) or len(place) != 2:
        return None
    x, y = (number({"at": value}, "at") for value in place)
    return (x, y) if np.isfinite([x, y]).all() else None


@READINGS.register(Keypoints)
class KeypointsReading(Reading):
    """Distances point by point; the pictures that were farthest off."""

    @cached_property
    def off(self) -> Mapping[str, Off]:
        """By partition, the one that says most first."""
        found: dict[str, Off] = {}
        for row in self.recorded.predictions():
            found.setdefault(row["partition"], Off()).add(row)
        return {name: found[name] for name in PARTITIONS if name in found and found[name].names}

    def result(self) -> str:
        """The figure, the median, and how many are near."""
        said, best = super().result(), self.recorded.best
        if best is None or best[0] not in self.off:
            return said
        off = self.off[best[0]]
        every = np.concatenate([off.of(name) for name in off.names])
        shares = ", ".join(f"{np.mean(every <= near):.1%} within {near} px" for near in NEAR)
        lost = int(np.isinf(every).sum())
        not_said = f"; {lost} of them were said to be hidden" if lost else ""
        return f"{said} Of {len(every):,} points that can be seen {shares}{not_said}."

    def figures(self) -> Iterator[Part]:
        """A row for each point, a line for each, then the worst pictures."""
        if not self.off:
            yield missing("distances", "How far off", "the run left no answers.")
            return
        partition, off = next(iter(self.off.items()))
        left = f" The first {MOST_POINTS} of {len(off.names)} points have a row." if off.names[MOST_POINTS:] else ""
        yield Part(
            "distances",
            "How far off",
            _table(off) + _chart(off),
            intro=f"Of every point of the {partition} samples that can be seen: how far off it was said to be, "
            f"in pixels of the picture as the network sees it; and the share of them within so many pixels.{left}",
        )
        yield most_wrong(
            self.pictures,
            intro="Pictures as the network saw them, the farthest off first: left where points are, right where they "
            "were said to be.",
        )

    def caption(self, row: Mapping[str, Any]) -> Caption:
        """How far off the points are, the farthest first; the truth alone where nothing was said."""
        actual, predicted = row.get("actual"), row.get("predicted")
        if not isinstance(actual, Mapping) or not isinstance(predicted, Mapping):
            return super().caption(row)
        off = Off()
        off.add(row)
        found = sorted(((float(off.of(name)[0]), name) for name in off.names), reverse=True)
        said = [
            f"{words(name, 30)} {'hidden, it says' if np.isinf(far) else f'{far:.1f} px off'}" for far, name in found
        ]
        return Caption(said[0] if said else "all hidden", said[1:4])


def _table(off: Off) -> str:
    head = {"point": False, "seen": True, "mean": True, "median": True, "farthest": True}
    head |= {f"within {near} px": True for near in NEAR}
    rows = []
    for name in off.names[:MOST_POINTS]:
        own = off.of(name)
        said = own[np.isfinite(own)]
        means = (said.mean(), np.median(said), said.max()) if len(said) else ()
        figures = [f"{value:.2f}" for value in means] or ["-"] * 3
        rows.append((words(name, 40), f"{len(own):,}", *figures, *(f"{np.mean(own <= near):.1%}" for near in NEAR)))
    return table(head, rows)


def _chart(off: Off) -> str:
    pixels = list(range(MOST_PIXELS + 1))
    lines = [
        Line(words(name, 20), np.array([np.mean(off.of(name) <= most) for most in pixels]), f"c{place}")
        for place, name in enumerate(off.names[:MOST_LINES])
    ]
    label = "The share of each point's samples that are no farther off than so many pixels"
    frame = Frame(Columns.each(pixels, "pixel"), "share within", label, scale="share", size=WIDE)
    return line_chart("within", lines, frame)
