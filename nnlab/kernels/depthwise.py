"""Convolution with one map per channel: products of single channels are too thin for BLAS.

    y[n, c, o] = sum over k of w[c, k] x[n, c, o strides + k dilations - pads]

Every kernel element scales what it meets, of a few channels at a time, whose sums stay in the processor's cache. Where
strides are 1, what it meets of the padded channel is the channel itself, moved along: one long run of numbers instead
of one run per row. What stands between the rows is computed as well and left out at the end.
"""

from functools import partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.bands import BAND_BYTES, PIECE
from nnlab.kernels.meetings import WORTH, meetings
from nnlab.kernels.threads import in_threads
from nnlab.kernels.window import Window, inner, padded


def depthwise(
    x: Array, w: Array, window: Window, *, bias: Array | None, between: tuple[Any, Any], threads: int = 0
) -> Array:
    """min(max(y, low), high), low and high being `between`; None for no bound

    Shapes:  x: (batch, channels, *size); w: (channels, 1, *kernel); bias: (channels,)
    """
    y = np.empty((len(x), len(w), *window.out_size(x.shape[2:])), x.dtype)
    flat_w, low, high = w.reshape(len(w), -1), *between
    summed = _of_runs if all(stride == 1 for stride in window.strides) else _of_rows
    if meetings(window, x.shape[2:], y.shape[2:])[1] < WORTH:
        summed = _of_meetings

    def work(n: int, channels: slice) -> None:
        own = y[n, channels]
        summed(x[n, channels], flat_w[channels], window, own)
        if bias is not None:
            own += bias[channels].reshape(-1, *[1] * (own.ndim - 1))
        if low is not None:
            np.maximum(own, low, out=own)
        if high is not None:
            np.minimum(own, high, out=own)

    step = max(1, min(len(w), BAND_BYTES // 4 // max(1, prod(y.shape[2:]) * y.itemsize)))
    if y.size * flat_w.shape[1] > PIECE // 4:  # worth threads: an even share for several
        step = min(step, -(-len(w) // 4))
    pieces = [(n, slice(c, c + step)) for n in range(len(y)) for c in range(0, len(w), step)]
    in_threads([partial(work, *piece) for piece in pieces], threads)
    return y


def _of_rows(x: Array, w: Array, window: Window, y: Array) -> None:
    """Some channels of one sample, any strides.

    Shapes:  x: (channels, *size); w: (channels, kernel); y: (channels, *out_size)
    """
    met, scratch = padded(x[None], window.pads)[0], np.empty_like(y)
    for tap, where in enumerate(window.taps(y.shape[1:])):
        share = w[:, tap].reshape(-1, *[1] * (y.ndim - 1))
        if tap == 0:
            np.multiply(met[where], share, out=y)
        else:
            y += np.multiply(met[where], share, out=scratch)


def _of_meetings(x: Array, w: Array, window: Window, y: Array) -> None:
    """The same where the kernel reaches far over the edges: only what it meets of x is multiplied."""
    y[...] = 0
    for one in meetings(window, x.shape[1:], y.shape[1:])[0]:
        share = w[:, one.element].reshape(-1, *[1] * (y.ndim - 1))
        y[(slice(None), *one.out)] += x[(slice(None), *one.source)] * share


def _of_runs(x: Array, w: Array, window: Window, y: Array) -> None:
    """The same for strides of 1: padded channels as runs of numbers, each tap a step along them."""
    wide = tuple(n + sum(pads) for n, pads in zip(x.shape[1:], window.pads, strict=True))
    steps = _steps(wide)
    offsets = [
        sum(k * d * step for k, d, step in zip(element, window.dilations, steps, strict=True))
        for element in product(*map(range, window.kernel))
    ]
    length = y.shape[1] * steps[0]
    runs = np.zeros((len(x), max(prod(wide), length + offsets[-1])), x.dtype)  # the last row may read beyond its end
    runs[:, : prod(wide)].reshape(len(x), *wide)[inner(x.shape[1:], window.pads)] = x
    total = runs[:, :length] * w[:, :1]
    scratch = np.empty_like(total)
    for tap, offset in enumerate(offsets[1:], 1):
        total += np.multiply(runs[:, offset : offset + length], w[:, tap : tap + 1], out=scratch)
    y[...] = total.reshape(len(x), y.shape[1], *wide[1:])[inner(y.shape[1:], [(0, 0)] * len(wide))]


def _steps(size: Shape) -> Shape:
    """How far apart neighbours along each axis stand."""
    return tuple(prod(size[axis + 1 :]) for axis in range(len(size)))
