"""Resampling along one axis: every output element is a weighted sum of a few input elements.

    y[.., o, ..] = sum over t of weights[o, t] x[.., places[o, t], ..]

Nearest takes one tap, linear two, cubic four. Several axes are resampled one after the other.

Shapes:  x: any; places, weights: (out, taps); y: like x, with `out` in place of that axis
"""

from functools import partial
from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.convolution import BAND_BYTES
from nnlab.kernels.product import matrix_product
from nnlab.kernels.threads import in_threads


def resample(x: Array, axis: int, places: Array, weights: Array) -> Array:
    """y, of x's dtype; a few rows or planes at a time, so that every tap after the first finds them in the cache."""
    out, size = len(places), x.shape[axis]
    y = np.empty((*x.shape[:axis], out, *x.shape[axis + 1 :]), x.dtype)
    lead, tail = prod(x.shape[:axis]), prod(x.shape[axis + 1 :])
    source, target = x.reshape(lead, size, tail), y.reshape(lead, out, tail)
    shares = weights.astype(x.dtype)
    used = [tap for tap in range(places.shape[1]) if shares[:, tap].any()]

    def work(rows: slice) -> None:
        own, met = target[rows], None
        for tap in used:
            share = shares[:, tap, None]
            if tap == used[0]:
                np.take(source[rows], places[:, tap], axis=1, out=own, mode="clip")
                if not (share == 1).all():
                    own *= share
                continue
            met = np.take(source[rows], places[:, tap], axis=1, out=met, mode="clip")
            met *= share
            own += met
        if not used:
            own[...] = 0

    step = max(1, BAND_BYTES // max(1, max(out, size) * tail * x.itemsize))
    in_threads([partial(work, slice(row, row + step)) for row in range(0, lead, step)])
    return y


def resample_dx(dy: Array, axis: int, places: Array, weights: Array, size: int) -> Array:
    """dx: the transposed sum, as a product with the matrix that the weights are the rows of.

    Options:  size: that of x along the axis.
    """
    matrix = np.zeros((len(places), size), dy.dtype)
    for tap in range(places.shape[1]):
        np.add.at(matrix, (np.arange(len(places)), places[:, tap]), weights[:, tap].astype(dy.dtype))
    dx: Array = np.moveaxis(matrix_product(np.moveaxis(dy, axis, -1), matrix), -1, axis)
    return dx
