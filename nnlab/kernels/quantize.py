"""Rounding to the grids that integers of 8 bits can say: of values by one scale, of weights by one for each output."""

from typing import Any, Final, NamedTuple

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.groups import over_elements

CODES: Final = 255
"""Steps of an unsigned byte: codes 0 to 255."""

MOST: Final = 127
"""The largest code of a weight; -128 is left out, so that both signs are rounded alike."""


class Grid(NamedTuple):
    """The values scale (q - zero), q = 0, ..., 255.

    scale = (max(high, 0) - min(low, 0)) / 255;  zero = round(-min(low, 0) / scale)

    Rounding takes the even one of two equally near numbers. 0 is always a value of the grid: zero padding and what a
    rectifier cuts off stay exactly 0.
    """

    scale: Any
    zero: Any

    @property
    def ends(self) -> tuple[Any, Any]:
        """Between these values lies what is rounded to a code; what lies beyond is cut off."""
        half = self.scale.dtype.type(0.5)
        return self.scale * (-self.zero - half), self.scale * (CODES - self.zero + half)


def grid_over(low: Any, high: Any) -> Grid | None:
    """The grid of a range, in the range's dtype; None where it holds nothing but 0."""
    kind = np.result_type(low, high).type
    low, high = np.minimum(low, kind(0)), np.maximum(high, kind(0))
    scale = kind((high - low) / kind(CODES))
    if not scale > 0 and not np.isnan(scale):
        return None
    return Grid(scale, kind(np.rint(np.clip(-low / scale, 0, CODES))))


def rounded(x: Array, grid: Grid, *, out: Array) -> Array:
    """scale clip(round(x / scale), -zero, 255 - zero), in `out`, which may be x."""
    scale, zero = grid

    def work(x: Array, out: Array) -> None:
        np.divide(x, scale, out=out)
        np.rint(out, out=out)
        np.clip(out, -zero, CODES - zero, out=out)
        np.multiply(out, scale, out=out)

    over_elements(work, x, out)
    return out


def held_between(dy: Array, x: Array, low: Any, high: Any, *, out: Array, empty: Empty = np.empty) -> Array:
    """dy where low <= x <= high, else 0: the gradient of cutting off."""

    def work(dy: Array, x: Array, out: Array, above: Array, below: Array) -> None:
        np.greater_equal(x, low, out=above)
        np.less_equal(x, high, out=below)
        np.logical_and(above, below, out=above)
        np.multiply(dy, above, out=out)

    over_elements(work, dy, x, out, spare=(np.bool_, np.bool_), empty=empty)
    return out


def channel_scales(weight: Array, axis: int) -> Array:
    """max |w| / 127 of each output, in weight's dtype; 1 where all are 0.

    Shapes:  result: as weight, with 1 on every axis but `axis`
    """
    others = tuple(place for place in range(weight.ndim) if place != axis % weight.ndim)
    largest = np.abs(weight).max(axis=others, keepdims=True)
    scales: Array = np.where(largest > 0, largest / weight.dtype.type(MOST), weight.dtype.type(1))
    return np.where(scales > 0, scales, weight.dtype.type(1))


def weight_codes(weight: Array, scales: Array) -> Array:
    """round(w / scale), from -127 to 127, in weight's dtype."""
    codes: Array = np.rint(weight / scales)
    return np.clip(codes, -MOST, MOST, out=codes)
