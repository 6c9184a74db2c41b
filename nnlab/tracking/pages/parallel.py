"""Parallel coordinates, as SVG: an upright axis for each setting, a line across them for each trial."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.escaped import escape
from nnlab.tracking.pages.linear_scale import Kind, scale_for

APART, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 190, 400, 84, 84, 44, 24
FIRST, LAST = 20.0, 8.0
"""How far from the ends of an axis the first and the last of several words stand."""
WORDS = 14
"""Letters of a word at an axis."""
NAME = 24
"""Letters of an axis' name."""


@dataclass(frozen=True)
class Axis:
    """An axis.

    Options:  values: of every line; None where it has none, and passes below the axis.
              scale: of numbers, see Kind; None: what is no number, or of few kinds, stands as words, evenly apart.
              kinds: these words, from the foot of the axis up.
    """

    name: str
    values: Sequence[Any]
    scale: Kind | None = None
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class Strand:
    """A line.  Options:  title: for the pointer.  color, kind: classes of chart.css ("thin" lies behind)."""

    title: str
    color: str = "c0"
    kind: str = ""


def parallel(axes: Sequence[Axis], strands: Sequence[Strand], label: str) -> str:
    """The picture; what is strong lies above what is thin. Options:  label: it in a sentence, for those who hear it."""
    width = LEFT + RIGHT + APART * (len(axes) - 1)
    places = [LEFT + APART * place for place in range(len(axes))]
    drawn = [_drawn(axis, x, place == len(axes) - 1) for place, (axis, x) in enumerate(zip(axes, places, strict=True))]
    order = sorted(range(len(strands)), key=lambda at: (strands[at].kind != "thin", -at))
    lines = []
    for at in order:
        points = "L".join(f"{x:.1f} {heights[at]:.1f}" for x, (heights, _) in zip(places, drawn, strict=True))
        strand, title = strands[at], f"<title>{escape(strands[at].title)}</title>"
        lines.append(f'<path class="line {strand.kind} {strand.color}" d="M{points}">{title}</path>')
    inner = "".join([*lines, *(marks for _, marks in drawn)])
    style = f"max-width:{1.6 * width:.0f}px;min-width:{min(width, 720)}px"
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="chart"><svg class="chart" style="{style}" '
        f'viewBox="0 0 {width} {HEIGHT}" role="img" aria-label="{escape(label)}">{inner}</svg></div>'
    )


def _drawn(axis: Axis, x: float, is_last: bool) -> tuple[list[float], str]:
    """Where every line crosses it, and the axis with its words."""
    top, bottom = float(TOP), float(HEIGHT - BOTTOM)
    if axis.scale is None:
        heights, ticks = _words(axis, top, bottom)
    else:
        known = np.array([float(value) for value in axis.values if value is not None and math.isfinite(value)])
        scale = scale_for(known, axis.scale, start=bottom - LAST, end=top + LAST)
        heights = [bottom if value is None else scale.at(float(value)) for value in axis.values]
        ticks = [(scale.at(value), words) for value, words in scale.ticks()]
    return heights, "".join(_axis(axis.name, x, ticks, is_last=is_last))


def _words(axis: Axis, top: float, bottom: float) -> tuple[list[float], list[tuple[float, str]]]:
    kinds = axis.kinds
    step = (bottom - top - 2 * FIRST) / max(len(kinds) - 1, 1)
    middle = 0.0 if len(kinds) > 1 else (bottom - top) / 2 - FIRST
    at = {kind: bottom - FIRST - middle - place * step for place, kind in enumerate(kinds)}
    heights = [bottom if value is None else at[value] for value in axis.values]
    return heights, [(height, _short(str(kind), WORDS)) for kind, height in at.items()]


def _axis(name: str, x: float, ticks: Sequence[tuple[float, str]], *, is_last: bool) -> Iterator[str]:
    yield f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
    yield f'<text class="strong" x="{x}" y="{TOP - 20}" text-anchor="middle">{escape(_short(name, NAME))}</text>'
    side, anchor = (8, "start") if is_last else (-8, "end")
    for y, words in ticks:
        yield f'<line class="grid" x1="{x - 4}" x2="{x + 4}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="over" x="{x + side}" y="{y + 4:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
