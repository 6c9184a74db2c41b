"""Lines over steps or epochs, as SVG."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from nnlab.core.escaped import escape
from nnlab.core.types import Array
from nnlab.tracking.pages.line_names import legend, names_at_ends
from nnlab.tracking.pages.linear_scale import scale_for
from nnlab.tracking.pages.lines import Frame, Line, Size
from nnlab.tracking.pages.mark_words import mark_words
from nnlab.tracking.pages.page import values
from nnlab.tracking.pages.scale import LogScale, Scale

FEW = 12
"""Columns of a line that shows each of its points."""


def line_chart(identity: str, lines: Sequence[Line], frame: Frame) -> str:
    """The chart, and its values for hover.js and zoom.js."""
    size, scale = frame.size, _scale(lines, frame)
    width = (size.width - size.left - size.right) / max(len(frame.columns), 1)
    strong = [line for line in lines if line.is_named]
    behind = [line for line in lines if not line.is_named]
    across = f'y1="{size.top}" y2="{size.height - size.bottom}"'
    parts = [
        f'<svg id="{identity}" class="chart lines{"" if size.ends else " half"}" '
        f'viewBox="0 0 {size.width} {size.height}" role="img" aria-label="{escape(frame.label)}">',
        f'<g class="axes">{"".join(_axes(scale, frame, width))}</g>',
        '<g class="plot">',
        *itertools.chain.from_iterable(_band(line, scale, size, width) for line in strong),
        *itertools.chain.from_iterable(_line(line, scale, size, width) for line in (*behind, *strong)),
        *_crossing(scale, frame, width),
        "</g>",
        f'<g class="said">{"".join(_said(scale, frame, width))}</g>',
        *(names_at_ends(strong, scale, size) if size.ends else ()),
        f'<line class="guide" {across} visibility="hidden"/>',
        "</svg>",
    ]
    chart = {
        "of": identity, "x": size.left, "width": width, "columns": list(frame.columns.labels),
        "rows": [line.name for line in strong], "values": [readable(line.values, frame.digits) for line in strong],
        "relative": frame.scale == "relative", "scale": scale.record(), "across": frame.columns.across,
        "plot": [size.left, size.top, size.width - size.right, size.height - size.bottom],
        "spans": [first for first, _ in frame.columns.spans],
    }  # fmt: skip
    above = "" if size.ends else legend(strong)
    holder = '<div class="wide" tabindex="0" role="group" aria-label="chart">' if size.ends else '<div class="half">'
    return f"{holder}{above}{''.join(parts)}</div>{values(chart)}"


def readable(found: Iterable[float], digits: int = 2) -> list[Any]:
    """Values as the scripts read them: "" for none, null for what is not finite, some digits of the others."""
    form = f".{digits - 1}e"
    return [
        "" if math.isnan(value) else None if math.isinf(value) else float(format(value, form))
        for value in map(float, found)
    ]


def _scale(lines: Sequence[Line], frame: Frame) -> Scale:
    bands = [side for line in lines if line.band is not None for side in line.band]
    arrays = [*(line.values for line in lines), *bands, np.array([level.value for level in frame.levels])]
    every = np.concatenate([np.asarray(array, np.float64) for array in arrays])
    return scale_for(every, frame.scale, start=float(frame.size.height - frame.size.bottom), end=float(frame.size.top))


def _axes(scale: Scale, frame: Frame, width: float) -> Iterator[str]:
    size = frame.size
    right, bottom = size.width - size.right, size.height - size.bottom
    for value, words in scale.ticks():
        y = scale.at(value)
        yield f'<line class="grid" x1="{size.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="up" x="{size.left - 8}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
    if isinstance(scale, LogScale) and scale.margin:
        yield f'<text class="up" x="{size.left - 8}" y="{bottom + 4}" text-anchor="end">0</text>'
    yield f'<line class="grid" x1="{size.left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>'
    for number, place in frame.columns.ticks():
        x = size.left + place * width
        yield f'<text class="across" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{number:,}</text>'
    middle = (size.left + right) / 2
    yield f'<text x="{middle}" y="{size.height - 4}" text-anchor="middle">{escape(frame.columns.across)}</text>'
    yield f'<text x="8" y="12">{escape(frame.upright)}</text>'


def _crossing(scale: Scale, frame: Frame, width: float) -> Iterator[str]:
    """Levels and marks, which move with the lines."""
    size = frame.size
    right, bottom = size.width - size.right, size.height - size.bottom
    for level in frame.levels:
        y = scale.at(level.value)
        yield f'<line class="mark" x1="{size.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
    for mark in frame.marks:
        x = size.left + (mark.column + 0.5) * width
        yield f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{size.top}" y2="{bottom}"/>'


def _said(scale: Scale, frame: Frame, width: float) -> Iterator[str]:
    """What levels and marks say, away from each other and from the chart's ends."""
    size = frame.size
    right = size.width - size.right
    first = min((size.left + (mark.column + 0.5) * width for mark in frame.marks), default=right)
    place, anchor = (right - 6, "end") if first < size.width / 2 else (size.left + 6, "start")
    for level in frame.levels:
        y = scale.at(level.value) - 6
        words = escape(level.words)
        yield f'<text class="strong over" x="{place}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
    yield from mark_words(frame.marks, size, width)


def _places(found: Array, scale: Scale, size: Size, width: float) -> Iterator[tuple[float, float]]:
    for column, value in enumerate(found.tolist()):
        if not math.isnan(value):
            yield size.left + (column + 0.5) * width, scale.at(value)


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _line(line: Line, scale: Scale, size: Size, width: float) -> Iterator[str]:
    points = list(_places(line.values, scale, size, width))
    if points:
        title = f"<title>{escape(line.name)}</title>"
        yield f'<path class="line {line.kind} {line.color}" d="{_path(points)}">{title}</path>'
    if line.is_named and (len(line.values) <= FEW or len(points) == 1):
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in points)
        yield f'<path class="dots {line.color}" d="{dots}"/>'


def _band(line: Line, scale: Scale, size: Size, width: float) -> Iterator[str]:
    if line.band is not None:
        low, high = (list(_places(side, scale, size, width)) for side in line.band)
        if low and high:
            yield f'<path class="band {line.color}" d="{_path([*low, *reversed(high)])}z"/>'
