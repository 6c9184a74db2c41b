"""Layer normalisation of rows: every row standardised by itself, in groups of rows that stay in the cache.

    n = (x - mean) / sqrt(variance + epsilon);  y = n gamma + beta        mean and variance of each row

Shapes:  x, y: (rows, channels); gamma, beta: (channels,)
         mean, inverse: (rows, 1), inverse = 1 / sqrt(variance + epsilon)
Source:  Ba, Kiros and Hinton, "Layer normalization", 2016.
"""

import numpy as np

from nnlab.core.types import Array, Empty
from nnlab.kernels.groups import over_images
from nnlab.kernels.product import matrix_product


def layer_norm(x: Array, gamma: Array, beta: Array, epsilon: float, empty: Empty) -> tuple[Array, Array, Array]:
    """y, mean, inverse.  Options:  empty: lends their memory."""
    rows, channels = x.shape
    y, mean, inverse = empty(x.shape, x.dtype), empty((rows, 1), x.dtype), empty((rows, 1), x.dtype)
    ones = np.ones((channels, 1), x.dtype)  # a row times it is the row's sum: quicker than a reduction

    def work(group: slice, _: slice, squares: Array) -> None:
        own, deviation = y[group], inverse[group]
        matrix_product(x[group], ones, out=mean[group])
        mean[group] /= channels
        np.subtract(x[group], mean[group], out=own)
        matrix_product(np.multiply(own, own, out=squares[: len(own)]), ones, out=deviation)
        deviation /= channels
        deviation += epsilon
        np.divide(1, np.sqrt(deviation, out=deviation), out=deviation)
        own *= deviation
        own *= gamma
        own += beta

    over_images(work, rows, 1, channels * x.itemsize, lambda most, _: np.empty((most, channels), x.dtype))
    return y, mean, inverse


def layer_norm_gradients(
    dy: Array, x: Array, gamma: Array, moments: tuple[Array, Array], dx: Array | None
) -> tuple[Array, Array]:
    """dgamma and dbeta; dx is written where it is an array.

    dbeta = sum dy;  dgamma = sum dy n                                    over all rows
    dx = inverse (g - mean(g) - n mean(g n)),  g = dy gamma               means of each row

    n = inverse c, with c = x - mean. So the sums are all products with dy and dy c: with the inverses as weights the
    columns of dy c add up to dgamma, and with gamma / channels as weights the rows of both to the two means.

    Options:  moments: mean and inverse.
    """
    (rows, channels), (mean, inverse) = x.shape, moments
    ones, share = np.ones((1, rows), x.dtype), (gamma * (1 / channels))[:, None]
    sums: dict[int, Array] = {}

    def work(group: slice, _: slice, memory: Array) -> None:
        d, r = dy[group], inverse[group]
        c, along = memory[:, : len(d)]
        np.subtract(x[group], mean[group], out=c)
        np.multiply(d, c, out=along)
        sums[group.start] = np.concatenate(
            [matrix_product(r.reshape(1, -1), along), matrix_product(ones[:, : len(d)], d)]
        )
        if dx is None:
            return
        own = np.multiply(d, gamma, out=dx[group])
        c *= matrix_product(along, share) * r * r
        c += matrix_product(d, share)
        own -= c
        own *= r

    over_images(work, rows, 1, channels * x.itemsize, lambda most, _: np.empty((2, most, channels), x.dtype))
    dgamma, dbeta = np.sum([sums[start] for start in sorted(sums)], axis=0, dtype=np.float64).astype(x.dtype)
    return dgamma, dbeta
