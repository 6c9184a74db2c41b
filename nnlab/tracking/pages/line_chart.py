"""Lines on a logarithmic scale, as SVG."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.tracking.pages.escaped import escape
from nnlab.tracking.pages.page import values
from nnlab.tracking.pages.scale import LEAST, LogScale, whole_ticks

WIDTH, HEIGHT = 1100, 420
LEFT, RIGHT, TOP, BOTTOM = 62, 118, 34, 42
GAP = 15  # pixels between the names at the right end
FEW = 60  # columns; each of so few is a dot as well


@dataclass(frozen=True, eq=False)
class Line:
    """One line.

    Shapes:  values: (columns,); NaN leaves a column out
    Options:  color: a class of chart.css.  kind: "" is drawn strong and named at its end, "thin" and "silent" behind.
    """

    name: str
    values: Array
    color: str = "c1"
    kind: str = ""


@dataclass(frozen=True)
class Marks:
    """What a chart of steps is held against.

    Options:  spans: first and last step of each column.  labels: each column in words.  tolerance: a line across.
              step: a line upwards, at its column, and what it says.
    """

    spans: Sequence[tuple[int, int]]
    labels: Sequence[str]
    tolerance: float
    step: tuple[int, str] | None = None


def line_chart(identity: str, lines: Sequence[Line], marks: Marks) -> str:
    """The chart, and its values for hover.js."""
    every = np.concatenate([line.values for line in lines]) if lines else np.empty(0)
    scale = LogScale.around(every, also=marks.tolerance, start=HEIGHT - BOTTOM, end=TOP)
    width = (WIDTH - LEFT - RIGHT) / max(len(marks.spans), 1)
    strong = [line for line in lines if not line.kind]
    behind = [line for line in lines if line.kind]
    parts = [
        f'<svg id="{identity}" class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="The difference of each kind of tensor over the steps, logarithmic">',
        *_axes(scale, marks, width),
        *itertools.chain.from_iterable(_line(line, scale, width) for line in (*behind, *strong)),
        *_said(scale, marks, width),
        *_names(strong, scale),
        f'<line class="guide" y1="{TOP}" y2="{HEIGHT - BOTTOM}" visibility="hidden"/>',
        "</svg>",
    ]
    chart = {
        "of": identity, "x": LEFT, "width": width, "columns": list(marks.labels),
        "rows": [line.name for line in strong], "values": [readable(line.values) for line in strong],
    }  # fmt: skip
    return f'<div class="wide">{"".join(parts)}</div>{values(chart)}'


def readable(found: Iterable[float]) -> list[Any]:
    """Values as hover.js reads them: "" for none, null for what is not finite, two digits of the others."""
    return [
        "" if math.isnan(value) else None if math.isinf(value) else float(f"{value:.1e}") for value in map(float, found)
    ]


def _axes(scale: LogScale, marks: Marks, width: float) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for power in scale.ticks():
        y = scale.at(10.0**power)
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">1e{power:+03}</text>'
    yield f'<text x="{LEFT - 8}" y="{bottom + 4}" text-anchor="end">0</text>'
    yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}"/>'
    for step, place in step_ticks(marks.spans):
        yield f'<text x="{LEFT + place * width:.1f}" y="{bottom + 18}" text-anchor="middle">{step:,}</text>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 4}" text-anchor="middle">step</text>'
    yield f'<text x="{LEFT - 54}" y="10">relative difference</text>'


def _said(scale: LogScale, marks: Marks, width: float) -> Iterator[str]:
    """The tolerance and the step that is pointed out, above the lines."""
    right, bottom, y = WIDTH - RIGHT, HEIGHT - BOTTOM, scale.at(marks.tolerance)
    x = right if marks.step is None else LEFT + (marks.step[0] + 0.5) * width
    early = x < WIDTH / 2
    place, anchor = (right - 6, "end") if early else (LEFT + 6, "start")  # away from the line upwards
    words = f"tolerance {marks.tolerance:.0e}"
    yield f'<line class="mark" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
    yield f'<text class="strong over" x="{place}" y="{y - 6:.1f}" text-anchor="{anchor}">{words}</text>'
    if marks.step is not None:
        nudge, anchor = (6, "start") if early else (-6, "end")
        words = escape(marks.step[1])
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text class="strong over" x="{x + nudge:.1f}" y="{TOP + 10}" text-anchor="{anchor}">{words}</text>'


def step_ticks(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, float]]:
    """Steps to write at an axis, and where, in columns."""
    if not spans:
        return
    for step in whole_ticks(spans[0][0], spans[-1][1]):
        column = next(place for place, (first, last) in enumerate(spans) if first <= step <= last)
        first, last = spans[column]
        yield step, column + (step - first + 0.5) / (last - first + 1)


def _line(line: Line, scale: LogScale, width: float) -> Iterator[str]:
    points = [
        (LEFT + (column + 0.5) * width, scale.at(value))
        for column, value in enumerate(line.values.tolist())
        if not math.isnan(value)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if points:
        yield f'<path class="line {line.kind} {line.color}" d="{path}"><title>{escape(line.name)}</title></path>'
    if not line.kind and len(line.values) <= FEW:
        for x, y in points:
            yield f'<circle class="dot {line.color}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'


def _names(lines: Sequence[Line], scale: LogScale) -> Iterator[str]:
    """The lines' names at their right ends, moved apart where they would overlap."""
    ends = []
    for line in lines:
        known = line.values[~np.isnan(line.values)]
        if known.size:
            ends.append((scale.at(max(float(known[-1]), LEAST / 10)), line))
    ends.sort(key=lambda end: end[0])
    room = HEIGHT - BOTTOM + 6
    heights: list[float] = []
    for wanted, _ in ends:
        heights.append(max(wanted, heights[-1] + GAP) if heights else wanted)
    for place in reversed(range(len(heights))):  # push back up what fell out below
        limit = room - (len(heights) - 1 - place) * GAP
        heights[place] = min(heights[place], limit)
    for y, (_, line) in zip(heights, ends, strict=True):
        yield f'<text class="named {line.color}" x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}">{escape(line.name)}</text>'
