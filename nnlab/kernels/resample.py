"""Resampling along one axis: every output element is a weighted sum of a few input elements.

    y[.., o, ..] = sum over t of weights[o, t] x[.., places[o, t], ..]

Nearest takes one tap, linear two, cubic four. Several axes are resampled one after the other.

Shapes:  x: any; places, weights: (out, taps); y: like x, with `out` in place of that axis
"""

from functools import partial
from math import prod

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.convolution import BAND_BYTES
from nnlab.kernels.threads import in_threads


def resample(x: Array, axis: int, places: Array, weights: Array, empty: Empty = np.empty) -> Array:
    """y, of x's dtype; a few rows or planes at a time, so that every tap after the first finds them in the cache.

    Options:  empty: lends y's memory.
    """
    out, size = len(places), x.shape[axis]
    y = empty((*x.shape[:axis], out, *x.shape[axis + 1 :]), x.dtype)
    lead, tail = prod(x.shape[:axis]), prod(x.shape[axis + 1 :])
    source, target = x.reshape(lead, size, tail), y.reshape(lead, out, tail)
    shares = weights.astype(x.dtype)
    used = [tap for tap in range(places.shape[1]) if shares[:, tap].any()]
    whole = {tap for tap in used if (shares[:, tap] == 1).all()}

    def work(rows: slice) -> None:
        own, met = target[rows], None
        for tap in used:
            share = shares[:, tap, None]
            if tap == used[0]:
                np.take(source[rows], places[:, tap], axis=1, out=own, mode="clip")
                if tap not in whole:
                    own *= share
                continue
            met = np.take(source[rows], places[:, tap], axis=1, out=met, mode="clip")
            if tap not in whole:
                met *= share
            own += met
        if not used:
            own[...] = 0

    step = max(1, BAND_BYTES // max(1, max(out, size) * tail * x.itemsize))
    in_threads([partial(work, slice(row, row + step)) for row in range(0, lead, step)])
    return y


def matrix_of(places: Array, weights: Array, size: int) -> Array:
    """The matrix with which y = matrix x along the axis.  Shapes:  result: (out, size)"""
    matrix = np.zeros((len(places), size))
    for tap in range(places.shape[1]):
        np.add.at(matrix, (np.arange(len(places)), places[:, tap]), weights[:, tap])
    return matrix


def turned(places: Array, weights: Array, size: int) -> tuple[Array, Array]:
    """The places and weights with which `resample` gives dx of dy: for each input element, the outputs that it is in.

    dx[.., i, ..] = sum over all o, t with places[o, t] = i of weights[o, t] dy[.., o, ..]

    Options:  size: that of x along the axis.
    Shapes:  results: (size, taps), as many as the element has that is in most outputs; the others have weights of 0 too
    """
    out = len(places)
    keys, which = np.unique(places * out + np.arange(out)[:, None], return_inverse=True)
    sums = np.bincount(which.reshape(-1), weights.reshape(-1), minlength=len(keys))
    element, output = keys // out, keys % out
    tap = np.arange(len(keys)) - np.searchsorted(element, element)
    back, shares = (np.zeros((size, tap.max(initial=0) + 1), dtype) for dtype in (np.intp, np.float64))
    back[element, tap], shares[element, tap] = output, sums
    return back, shares
