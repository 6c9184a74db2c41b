"""Means, variances and their gradients over all places of images, and what BatchNorm makes of them.

Every function is one pass over memory: a group of rows goes through all operations while it is in the cache. A row of
few channels is a short run; so several rows are taken as one, and what belongs to channels is laid out as often.

Shapes:  x, y, dy, dx: (..., channels), contiguous; all else: (channels,)
"""

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.groups import over_groups
from nnlab.kernels.rows import places_in_a_row

SAMPLED = 32
"""The first of so many parts of a group says about where it lies."""

WIDE = 2048
"""Numbers in a row that is made of several: from there on NumPy's operations on rows do not get faster."""


def moments(x: Array, empty: Empty = np.empty) -> tuple[Array, Array]:
    """mean and (biased) variance: 1/n sum x and 1/n sum (x - mean)^2.

    Each group is seen from where a part of it lies, its first rows' mean c:  d = x - c  gives  sum x = k c + sum d  and
    sum (x - m)^2 = sum d^2 - (sum d)^2 / k,  for k values of mean m. The first rows belong to the group, so m is not
    further from c than sqrt(SAMPLED) deviations, and the difference loses no more digits than a sum of so many.
    Groups are joined by  sum (x - mean)^2 = sum over groups of [sum (x - m)^2 + k (m - mean)^2].

    Source:  Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    """
    channels, wide, found = x.shape[-1], _wide(x), dict[int, tuple[int, Array, Array]]()

    def work(group: slice, memory: Array) -> None:
        part = wide[group]
        first = part[: -(-len(part) // SAMPLED)]
        centre = (_joined(first.sum(axis=0), channels) / (first.size // channels)).astype(x.dtype)
        apart = np.subtract(part, _laid_out(centre, wide), out=memory[: len(part)])
        count, sums = part.size // channels, _joined(apart.sum(axis=0), channels)
        squares = _joined(np.einsum("nf,nf->f", apart, apart), channels) - sums * sums / count
        found[group.start] = count, count * centre.astype(np.float64) + sums, np.maximum(squares, 0)

    over_groups(work, *_sizes(wide), lambda count: empty((count, wide.shape[1]), x.dtype))
    counts, sums, squares = (np.array(part) for part in zip(*(found[start] for start in sorted(found)), strict=True))
    total = x.size // channels
    mean = sums.sum(axis=0) / total
    apart = sums / counts[:, None] - mean
    variance = (squares + counts[:, None] * apart * apart).sum(axis=0) / total
    return mean.astype(x.dtype), variance.astype(x.dtype)


def scaled(x: Array, scale: Array, shift: Array, *, out: Array) -> Array:
    """y = scale x + shift"""
    wide, y, scales, shifts = _wide(x), _wide(out), _laid_out(scale, _wide(x)), _laid_out(shift, _wide(x))

    def work(group: slice) -> None:
        np.multiply(wide[group], scales, out=y[group])
        y[group] += shifts

    over_groups(work, *_sizes(wide))
    return out


def summed(dy: Array, x: Array, mean: Array, empty: Empty = np.empty) -> tuple[Array, Array]:
    """sum dy and sum dy (x - mean)"""
    channels, dys, xs = x.shape[-1], _wide(dy), _wide(x)
    means, found = _laid_out(mean, xs), dict[int, tuple[Array, Array]]()

    def work(group: slice, memory: Array) -> None:
        part = dys[group]
        centred = np.subtract(xs[group], means, out=memory[: len(part)])
        sums = _joined(part.sum(axis=0), channels)
        found[group.start] = sums, _joined(np.einsum("nf,nf->f", part, centred), channels)

    over_groups(work, *_sizes(xs), lambda count: empty((count, xs.shape[1]), x.dtype))
    sums, dots = (sum(part) for part in zip(*(found[start] for start in sorted(found)), strict=True))
    return sums.astype(dy.dtype), dots.astype(dy.dtype)


def mixed(dy: Array, x: Array, slope: Array, shift: Array, scale: Array, *, out: Array) -> Array:
    """dx = scale (dy + slope x + shift)"""
    dys, xs, dx = _wide(dy), _wide(x), _wide(out)
    slopes, shifts, scales = (_laid_out(values, xs) for values in (slope, shift, scale))

    def work(group: slice) -> None:
        own = dx[group]
        np.multiply(xs[group], slopes, out=own)
        own += shifts
        own += dys[group]
        own *= scales

    over_groups(work, *_sizes(xs))
    return out


def _wide(x: Array) -> Array:
    """Several rows as one.  Shapes:  result: (rows, a multiple of the channels)"""
    channels = x.shape[-1]
    together = places_in_a_row(x.size // channels, channels, WIDE)
    return x.reshape(-1, together * channels)


def _sizes(wide: Array) -> tuple[int, int]:
    """How many rows, and their bytes."""
    return len(wide), wide.shape[1] * wide.itemsize


def _laid_out(values: Array, wide: Array) -> Array:
    """Values of channels, as often as a wide row has them."""
    out = np.empty((wide.shape[1] // len(values), len(values)), wide.dtype)
    out[...] = values
    return out.reshape(-1)


def _joined(sums: Array, channels: int) -> Array:
    """What was added up for a wide row, for each channel.  Shapes:  result: (channels,), float64"""
    total: Array = sums.reshape(-1, channels).sum(axis=0, dtype=np.float64)
    return total
