"""A margin around an array along one axis, or a piece cut off, and its gradient.

y[.., b + i, ..] = x[.., i, ..]                 b: how much comes before; of less than nothing so much is cut off

constant    the margin is one value             reflect     the mirror image, the edge itself not repeated
edge        what is at the edge                 both of what is left where something is cut off
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnlab.core.types import Array, Empty

Mode = Literal["constant", "reflect", "edge"]


@dataclass(frozen=True)
class Margin:
    """Along one axis.

    Options:  axis: its number.  size: of x.  before, after: how much is added; less than nothing is cut off.
    """

    axis: int
    size: int
    before: int
    after: int

    @property
    def out(self) -> int:
        """The size of y."""
        return self.size + self.before + self.after

    @property
    def kept(self) -> slice:
        """What of x is in y."""
        return slice(max(0, -self.before), self.size - max(0, -self.after))

    @property
    def place(self) -> slice:
        """Where in y that lies."""
        return slice(max(0, self.before), self.out - max(0, self.after))

    def sources(self, mode: Mode) -> Iterator[tuple[int, int]]:
        """For every place of the margin that is like another in `place`, both, counted in y."""
        first, last = self.place.start, self.place.stop - 1
        if mode == "constant":
            return
        for i in (*range(first), *range(last + 1, self.out)):
            edge = first if i < first else last
            yield i, 2 * edge - i if mode == "reflect" else edge

    def of(self, part: int | slice) -> tuple[int | slice, ...]:
        """An index of this part of the axis."""
        return (*(slice(None),) * self.axis, part)


def padded(x: Array, margin: Margin, mode: Mode, value: float = 0.0, empty: Empty = np.empty) -> Array:
    """y"""
    y = empty((*x.shape[: margin.axis], margin.out, *x.shape[margin.axis + 1 :]), x.dtype)
    y[margin.of(margin.place)] = x[margin.of(margin.kept)]
    if mode == "constant":
        y[margin.of(slice(0, margin.place.start))] = value
        y[margin.of(slice(margin.place.stop, None))] = value
    for place, source in margin.sources(mode):
        y[margin.of(place)] = y[margin.of(source)]
    return y


def padded_dx(dy: Array, margin: Margin, mode: Mode, empty: Empty = np.empty) -> Array:
    """dx: dy of every place that an element went to, added up; 0 of what was cut off."""
    dx = empty((*dy.shape[: margin.axis], margin.size, *dy.shape[margin.axis + 1 :]), dy.dtype)
    dx[margin.of(slice(0, margin.kept.start))] = 0
    dx[margin.of(slice(margin.kept.stop, None))] = 0
    dx[margin.of(margin.kept)] = dy[margin.of(margin.place)]
    for place, source in margin.sources(mode):
        dx[margin.of(source - margin.place.start + margin.kept.start)] += dy[margin.of(place)]
    return dx
