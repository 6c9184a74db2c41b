"""Resampling along one axis: every output element is a weighted sum of a few input elements.

    y[.., o, ..] = sum over t of weights[o, t] x[.., places[o, t], ..]

Nearest takes one tap, linear two, cubic four. Several axes are resampled one after the other.

Shapes:  x: any; places, weights: (out, taps); y: like x, with `out` in place of that axis
"""

import numpy as np

from nnlab.core.types import Array


def resample(x: Array, axis: int, places: Array, weights: Array) -> Array:
    """y, of x's dtype."""
    shape = [1] * x.ndim
    shape[axis] = len(places)
    y: Array | None = None
    for tap in range(places.shape[1]):
        share = weights[:, tap].astype(x.dtype)
        if not share.any():
            continue
        met = np.take(x, places[:, tap], axis=axis)
        if not (share == 1).all():
            met *= share.reshape(shape)
        y = met if y is None else np.add(y, met, out=y)
    return np.zeros_like(np.take(x, places[:, 0], axis=axis)) if y is None else y


def resample_dx(dy: Array, axis: int, places: Array, weights: Array, size: int) -> Array:
    """dx: the transposed sum, as a product with the matrix that the weights are the rows of.

    Options:  size: that of x along the axis.
    """
    matrix = np.zeros((len(places), size), dy.dtype)
    for tap in range(places.shape[1]):
        np.add.at(matrix, (np.arange(len(places)), places[:, tap]), weights[:, tap].astype(dy.dtype))
    dx: Array = np.moveaxis(np.moveaxis(dy, axis, -1) @ matrix, -1, axis)
    return dx
