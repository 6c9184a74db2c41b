"""What all places of an image share: one number for each of its channels.

A row of few channels is a short run. So several places are taken as one row, and the numbers are laid out beside them.

Shapes:  x, y, dy: (batch, ..., channels); values: (batch, channels)
"""

from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.groups import over_groups
from nnlab.kernels.rows import places_in_a_row
from nnlab.kernels.sums import image_dots, image_sums

WIDE = 2048
"""Numbers in a row that is made of several places: from there on NumPy's operations on rows do not get faster."""


def multiplied(x: Array, values: Array, *, out: Array) -> Array:
    """y = x times the values"""
    rows, there, beside = _rows(x), _rows(out), _beside(values, x)
    over_groups(lambda group: np.multiply(rows[group], beside[group], out=there[group]), *_sizes(x))
    return out


def given_to_all(values: Array, *, out: Array) -> Array:
    """y = the values, at every place"""
    there, beside = _rows(out), _beside(values, out)
    over_groups(lambda group: np.copyto(there[group], beside[group]), *_sizes(out))
    return out


def added_up(x: Array, *, out: Array) -> Array:
    """The sum over all places.  Shapes:  out: (batch, channels)"""
    rows, channels = _rows(x), x.shape[-1]

    def work(group: slice) -> None:
        out[group] = image_sums(rows[group], channels)

    over_groups(work, *_sizes(x))
    return out


def products_added_up(x: Array, dy: Array, *, out: Array) -> Array:
    """The sum of x dy over all places.  Shapes:  out: (batch, channels)"""
    rows, others, channels = _rows(x), _rows(dy), x.shape[-1]

    def work(group: slice) -> None:
        out[group] = image_dots(rows[group], others[group], channels)

    over_groups(work, *_sizes(x))
    return out


def _together(x: Array) -> int:
    """How many places are taken as one."""
    return places_in_a_row(prod(x.shape[1:-1]), x.shape[-1], WIDE)


def _rows(x: Array) -> Array:
    """Shapes:  result: (batch, places / together, together * channels)"""
    together = _together(x)
    return x.reshape(len(x), prod(x.shape[1:-1]) // together, together * x.shape[-1])


def _beside(values: Array, x: Array) -> Array:
    """Shapes:  result: (batch, 1, together * channels)"""
    laid_out = np.empty((len(values), _together(x), values.shape[1]), values.dtype)
    laid_out[...] = values[:, None]
    return laid_out.reshape(len(values), 1, laid_out.shape[1] * laid_out.shape[2])


def _sizes(x: Array) -> tuple[int, int]:
    """How many samples, and their bytes."""
    return len(x), x.nbytes // max(1, len(x))
