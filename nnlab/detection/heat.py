"""Heat maps: a Gaussian around each centre, and centres found again as peaks."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nnlab.core.types import Array, Shape

NOTHING = 1e-4
"""Along one axis, what of a Gaussian is no more: a map full of tiny numbers would take long to compute with."""

PIECE = 1 << 21
"""Numbers at once, of Gaussians before they are put together."""


class Peaks(NamedTuple):
    """Places of maps, sample after sample, the highest first.  Shapes:  each: (peaks,)"""

    sample: Array
    row: Array
    column: Array
    channel: Array


def spreads(sizes: Array, overlap: float) -> Array:
    """How wide the Gaussian of a box is, in the units of its size: its third is how far a box may be off.

    A box that is r off along both axes overlaps with itself, as intersection over union, by `overlap`:

        (w - r) (h - r) = 2 overlap / (1 + overlap) w h;   sigma = (2 r + 1) / 6

    Shapes:  sizes: (boxes, 2); result: (boxes,)
    Source:  Law and Deng, "CornerNet: detecting objects as paired keypoints", 2018 (theirs moves corners).
    """
    width, height = sizes[:, 0], sizes[:, 1]
    both, off = width + height, (1 - overlap) / (1 + overlap) * width * height
    spread: Array = (both - np.sqrt(both**2 - 4 * off) + 1) / 6
    return spread


def gaussians(shape: Shape, peaks: Peaks, spread: Array) -> Array:
    """Maps that are 1 at the peaks and fall off around them; of several the largest.

    y[n, i, j, c] = max over the peaks (i', j') of n, c: exp(-((i - i')^2 + (j - j')^2) / (2 sigma^2))

    Shapes:  shape, result: (batch, rows, columns, channels); spread: sigma, (peaks,)
    """
    batch, rows, columns, channels = shape
    maps = np.zeros((batch * channels, rows, columns), np.float32)
    owner = peaks.sample * channels + peaks.channel
    order = np.argsort(owner, kind="stable")
    for some in _pieces(len(order), rows * columns):
        own = order[some]
        down, across = (
            _along(length, at[own], spread[own]) for length, at in ((rows, peaks.row), (columns, peaks.column))
        )
        maps_of, first = np.unique(owner[own], return_index=True)
        around = np.maximum.reduceat(down[:, :, np.newaxis] * across[:, np.newaxis], first, axis=0)
        maps[maps_of] = np.maximum(maps[maps_of], around)
    return np.ascontiguousarray(maps.reshape(batch, channels, rows, columns).transpose(0, 2, 3, 1))


def _along(length: int, at: Array, spread: Array) -> Array:
    """The Gaussians along one axis.  Shapes:  result: (peaks, length)"""
    off = (np.arange(length) - at[:, np.newaxis]) / spread[:, np.newaxis]
    along = np.exp(-0.5 * off * off)
    return np.where(along < NOTHING, 0, along).astype(np.float32)


def _pieces(count: int, size: int) -> Iterator[slice]:
    """So many things of a size, some at a time."""
    step = max(1, PIECE // max(1, size))
    return (slice(start, start + step) for start in range(0, count, step))


def highest(maps: Array, least: float, most: int) -> Peaks:
    """The peaks of each sample: what nothing of the eight places around exceeds, at most so many, the highest first.

    Of equal ones the first comes first: of the upper row, then the left column, then the lower channel.

    Shapes:  maps: (batch, rows, columns, channels)
    Options:  least: only peaks from there on.
    """
    found = np.nonzero((maps >= _largest_around(maps)) & (maps >= least))
    order = np.lexsort((-maps[found], found[0]))  # stable
    sample = found[0][order]
    begins = np.searchsorted(sample, np.arange(len(maps)))
    kept = order[np.arange(len(order)) - begins[sample] < most]
    return Peaks(*(axis[kept] for axis in found))


def _largest_around(maps: Array) -> Array:
    """Of each place and the eight around it."""
    for axis in (1, 2):
        largest = maps.copy()
        ahead, behind = ((slice(None),) * axis + (part,) for part in (slice(1, None), slice(None, -1)))
        np.maximum(largest[ahead], maps[behind], out=largest[ahead])
        np.maximum(largest[behind], maps[ahead], out=largest[behind])
        maps = largest
    return maps
