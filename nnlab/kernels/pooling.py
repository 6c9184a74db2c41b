"""Pooling over any number of spatial axes: the largest, or the mean, of what a window meets, and its gradient.

No window is gathered: for each element of the kernel, what it meets at every output position is one strided view of the
padded input, and the views are folded into the output one after the other.

Shapes:  x: (batch, channels, *size); y: (batch, channels, *out_size)
"""

from collections.abc import Sequence
from math import prod

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.convolution import Window, inner, padded


def max_pool(x: Array, window: Window, out_size: Shape) -> Array:
    """y[o] = max over k of x[o strides + k dilations - pads]; padding is never the largest.

    Options:  out_size: as many output positions as there are (a ceiling may ask for one more than fits).
    """
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    source = padded(x, room(x.shape[2:], window, out_size), lowest)
    y: Array | None = None
    for where in window.taps(out_size):
        met = source[where]
        y = met.copy() if y is None else np.maximum(y, met, out=y)
    assert y is not None
    return y


def max_pool_places(x: Array, y: Array, window: Window) -> Array:
    """Which element of the kernel met the largest, per output position; the first of several.

    Shapes:  result: like y, whole numbers
    """
    out_size = y.shape[2:]
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    source = padded(x, room(x.shape[2:], window, out_size), lowest)
    taps = window.taps(out_size)
    places = np.full(y.shape, -1, np.int32)
    for tap, where in reversed(list(enumerate(taps))):
        places[source[where] == y] = tap
    return places


def max_pool_dx(dy: Array, x: Array, y: Array, window: Window) -> Array:
    """dx: each gradient goes to the element that was the largest."""
    places = max_pool_places(x, y, window)
    return _scattered([np.where(places == tap, dy, 0) for tap in range(prod(window.kernel))], dy, x, window)


def average_pool(x: Array, window: Window, out_size: Shape, *, count_padding: bool) -> Array:
    """y[o] = mean over k of x[o strides + k dilations - pads]

    Options:  count_padding: padding is part of the mean, as zeros; otherwise only what the window meets of x is.
    """
    source = padded(x, room(x.shape[2:], window, out_size))
    y = np.zeros((*x.shape[:2], *out_size), x.dtype)
    for where in window.taps(out_size):
        y += source[where]
    y /= counts(x.shape[2:], window, out_size, count_padding=count_padding).astype(x.dtype)
    return y


def average_pool_dx(dy: Array, x: Array, window: Window, *, count_padding: bool) -> Array:
    """dx: each gradient is shared equally among those that the mean was of."""
    share = dy / counts(x.shape[2:], window, dy.shape[2:], count_padding=count_padding).astype(dy.dtype)
    return _scattered([share] * prod(window.kernel), dy, x, window)


def counts(size: Sequence[int], window: Window, out_size: Shape, *, count_padding: bool) -> Array:
    """How many elements the window at each output position meets.  Shapes:  result: out_size

    Padding counts where `count_padding` says so, but not what a ceiling lets a window reach beyond it.
    """
    inside = window.pads if count_padding else tuple((0, 0) for _ in size)
    ones = np.ones((1, 1, *(n + before + after for n, (before, after) in zip(size, inside, strict=True))))
    shifted = tuple(
        (before - taken, after - other)
        for (before, after), (taken, other) in zip(room(size, window, out_size), inside, strict=True)
    )
    source = padded(ones, shifted)
    met = np.zeros(out_size)
    for where in window.taps(out_size):
        met += source[0, 0][where]
    return np.maximum(met, 1)


def room(size: Sequence[int], window: Window, out_size: Shape) -> tuple[tuple[int, int], ...]:
    """The padding, with as much more after the end as the last window reaches over it."""
    pads = []
    for axis, (before, after) in enumerate(window.pads):
        reach = (out_size[axis] - 1) * window.strides[axis] + window.dilations[axis] * (window.kernel[axis] - 1) + 1
        pads.append((before, max(after, reach - size[axis] - before)))
    return tuple(pads)


def _scattered(parts: Sequence[Array], dy: Array, x: Array, window: Window) -> Array:
    """dx, given what each element of the kernel hands back at every output position."""
    pads = room(x.shape[2:], window, dy.shape[2:])
    full = (n + before + after for n, (before, after) in zip(x.shape[2:], pads, strict=True))
    dx = np.zeros((*x.shape[:2], *full), dy.dtype)
    for where, part in zip(window.taps(dy.shape[2:]), parts, strict=True):
        dx[where] += part
    given: Array = dx[inner(x.shape[2:], pads)]
    return given
