"""Standardising an array over some of its axes, and the gradient; scaling and shifting each channel.

    n = (x - mean) / sqrt(variance + epsilon),  mean and variance (of the population) over `axes`

Source:  Ioffe and Szegedy, "Batch normalization", 2015, algorithm 1; Ba, Kiros and Hinton, "Layer normalization", 2016.
"""

from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.threads import in_threads

CHUNK_BYTES = 1 << 19
"""Of what is scaled and then shifted: the second pass finds it in the processor's cache."""


def standardised(x: Array, axes: Sequence[int], epsilon: float) -> tuple[Array, Array, Array]:
    """n, the mean, and the inverse of the standard deviation, 1 / sqrt(variance + epsilon).

    Shapes:  n: that of x; the others: that of x, 1 along `axes`
    """
    over = tuple(axes)
    mean = x.mean(axis=over, keepdims=True)
    n = x - mean
    variance = np.square(n).mean(axis=over, keepdims=True)
    inverse = (1 / np.sqrt(variance + epsilon)).astype(x.dtype)
    n *= inverse
    return n, mean, inverse


def standardised_dx(dn: Array, n: Array, inverse: Array, axes: Sequence[int]) -> Array:
    """dx = inverse (dn - mean(dn) - n mean(dn n))

    What moves x as a whole, or stretches it, does not move n: both parts are taken out of dn.
    """
    over = tuple(axes)
    dx: Array = dn - dn.mean(axis=over, keepdims=True)
    dx -= n * (dn * n).mean(axis=over, keepdims=True)
    dx *= inverse
    return dx


def scaled_by_channel(x: Array, scale: Array, shift: Array) -> Array:
    """y = x scale + shift, a scale and a shift per channel.

    Shapes:  x, y: (batch, channels, *size); scale, shift: (channels,)
    """
    if x.ndim == 2:
        y2 = x * scale
        y2 += shift
        return y2
    y, size = np.empty(x.shape, x.dtype), prod(x.shape[2:])
    rows, out = x.reshape(*x.shape[:2], size), y.reshape(*x.shape[:2], size)
    scale, shift = scale[:, None], shift[:, None]

    def work(sample: int, channels: slice) -> None:
        own = np.multiply(rows[sample, channels], scale[channels], out=out[sample, channels])
        own += shift[channels]

    step = max(1, CHUNK_BYTES // max(1, size * x.itemsize))
    in_threads([partial(work, n, slice(c, c + step)) for n in range(len(x)) for c in range(0, x.shape[1], step)])
    return y
