"""The names of lines: at their right ends, or in a legend above."""

from collections.abc import Iterator, Sequence

import numpy as np

from nnlab.core.escaped import escape
from nnlab.tracking.pages.lines import Line, Size
from nnlab.tracking.pages.scale import LEAST, LogScale, Scale

GAP = 13
"""Pixels from one name to the next."""


def names_at_ends(lines: Sequence[Line], scale: Scale, size: Size) -> Iterator[str]:
    """Each name at the height of its line's last value, moved apart where they would overlap."""
    ends = []
    for line in lines:
        known = line.values[~np.isnan(line.values)]
        if known.size:
            last = float(known[-1])
            ends.append((scale.at(max(last, LEAST / 10) if isinstance(scale, LogScale) else last), line))
    ends.sort(key=lambda end: end[0])
    room = size.height - size.bottom + 6
    heights: list[float] = []
    for wanted, _ in ends:
        heights.append(max(wanted, heights[-1] + GAP) if heights else wanted)
    for place in reversed(range(len(heights))):  # push back up what fell out below
        limit = room - (len(heights) - 1 - place) * GAP
        heights[place] = min(heights[place], limit)
    x = size.width - size.right + 8
    for y, (_, line) in zip(heights, ends, strict=True):
        yield f'<text class="named {line.color}" x="{x}" y="{y + 4:.1f}">{escape(line.name)}</text>'


def legend(lines: Sequence[Line]) -> str:
    """The lines' names beside their colours, as many to a row as there is room for."""
    marks = (f'<span class="{line.color} {line.kind}"><i></i>{escape(line.name)}</span>' for line in lines)
    return f'<p class="legend">{"".join(marks)}</p>'
