"""Convolution with one map per channel: products of single channels are too thin for BLAS.

    y[n, c, o] = sum over k of w[c, k] x[n, c, o strides + k dilations - pads]

Every kernel element scales what it meets, of a few channels at a time, whose sums stay in the processor's cache. Where
strides are 1, what it meets of the padded channel is the channel itself, moved along: one long run of numbers instead
of one run per row. What stands between the rows is computed as well and left out at the end. Narrow maps have a way of
their own (kernels/channels_last.py), and so have kernels that mostly meet padding.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.bands import BAND_BYTES, PIECE
from nnlab.kernels.channels_last import NARROW, RUN, Summed, channels_last
from nnlab.kernels.meetings import meetings, mostly_padding
from nnlab.kernels.threads import in_threads
from nnlab.kernels.window import Window, inner, padded

LEAST = 8
"""So many channels are worth to be laid out side by side."""


@dataclass(frozen=True)
class Layout:
    """How a depthwise convolution of some sizes is done.

    Options:  summed: which way.  cuts: the channels of one piece of work after the other.
    """

    out_size: Shape
    summed: Summed
    cuts: tuple[slice, ...]


def depthwise(
    x: Array, w: Array, window: Window, *, bias: Array | None, between: tuple[Any, Any], threads: int = 0
) -> Array:
    """min(max(y, low), high), low and high being `between`; None for no bound

    Shapes:  x: (batch, channels, *size); w: (channels, 1, *kernel); bias: (channels,)
    """
    layout = layout_of(window, x.shape, x.itemsize)
    y = np.empty((*x.shape[:2], *layout.out_size), x.dtype)
    flat_w, low, high = w.reshape(len(w), -1), *between

    def work(n: int, channels: slice) -> None:
        own = y[n, channels]
        layout.summed(x[n, channels], flat_w[channels], window, own)
        if bias is not None:
            own += bias[channels].reshape(-1, *[1] * (own.ndim - 1))
        if low is not None:
            np.maximum(own, low, out=own)
        if high is not None:
            np.minimum(own, high, out=own)

    in_threads([partial(work, n, cut) for n in range(len(x)) for cut in layout.cuts], threads)
    return y


@lru_cache(maxsize=512)
def layout_of(window: Window, shape: Shape, itemsize: int) -> Layout:
    """Shapes:  shape: that of x. Raises ShapeError: if the kernel does not fit."""
    (samples, count), size = shape[:2], shape[2:]
    out_size = window.out_size(size)
    places, taps = prod(out_size), prod(window.kernel)
    summed: Summed = _of_runs if all(stride == 1 for stride in window.strides) else _of_rows
    step = max(1, min(count, BAND_BYTES // 4 // max(1, places * itemsize)))
    if mostly_padding(window, size, out_size):
        summed = _of_meetings
    elif out_size[-1] <= NARROW and count >= LEAST and taps > 1:
        summed = channels_last(window, size, out_size)
        step = min(step, RUN // max(1, out_size[-1]))
    if samples * count * places * taps > PIECE // 4:  # worth threads: an even share for several
        step = min(step, -(-count // 4))
    parts = -(-count // max(1, step))
    return Layout(out_size, summed, tuple(slice(count * i // parts, count * (i + 1) // parts) for i in range(parts)))


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
    for one in meetings(window, x.shape[1:], y.shape[1:]):
        share = w[:, one.element].reshape(-1, *[1] * (y.ndim - 1))
        y[one.out] += x[one.source] * share


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
