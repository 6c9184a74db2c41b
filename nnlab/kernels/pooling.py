"""Pooling over any number of spatial axes: the largest, the sum or the mean of what a window meets, and its gradient.

No window is gathered. A window is a product of one range per axis, so what it meets is folded along one axis after the
other, each time over strided views: a 3 by 3 window takes 4 passes instead of 8, over a few channels at a time that
stay in the processor's cache.

Shapes:  x: (batch, channels, *size); y: (batch, channels, *out_size)
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.convolution import BAND_BYTES, Window, inner, padded
from nnlab.kernels.threads import in_threads


def max_pool(x: Array, window: Window, out_size: Shape) -> Array:
    """y[o] = max over k of x[o strides + k dilations - pads]; padding is never the largest.

    Options:  out_size: as many output positions as there are (a ceiling may ask for one more than fits).
    """
    return _folded(x, window, out_size, np.maximum, _lowest(x))


def max_pool_places(x: Array, y: Array, window: Window) -> Array:
    """Which element of the kernel met the largest, per output position; the first of several.

    Shapes:  result: like y, whole numbers
    """
    out_size = y.shape[2:]
    source = padded(x, room(x.shape[2:], window, out_size), _lowest(x))
    places = np.zeros(y.shape, np.int32)
    for tap, where in reversed(list(enumerate(window.taps(out_size)))):
        np.copyto(places, tap, where=source[where] == y)
    return places


def max_pool_indices(places: Array, window: Window, size: Sequence[int], *, column_major: bool = False) -> Array:
    """The same as positions in x, counted through all of it, batch and channels included.

    Options:  column_major: within a channel, the first spatial axis is counted fastest.
    Shapes:  places, result: (batch, channels, *out_size)
    """
    elements = np.unravel_index(places, window.kernel)
    index = np.zeros(places.shape, np.int64)
    axes = range(len(size))
    for axis in reversed(axes) if column_major else axes:
        starts = np.arange(places.shape[2 + axis]) * window.strides[axis] - window.pads[axis][0]
        where = starts.reshape(-1, *[1] * (len(size) - axis - 1)) + elements[axis] * window.dilations[axis]
        index = index * size[axis] + where
    planes = np.arange(prod(places.shape[:2])).reshape(*places.shape[:2], *[1] * len(size))
    return index + planes * prod(size)


def max_pool_dx(dy: Array, x: Array, y: Array, window: Window) -> Array:
    """dx: each gradient goes to the element that was the largest, the first of several."""
    places = max_pool_places(x, y, window)
    return _scattered((dy * (places == tap) for tap in range(prod(window.kernel))), dy, x.shape, window)


def sum_pool(x: Array, window: Window, out_size: Shape) -> Array:
    """y[o] = sum over k of x[o strides + k dilations - pads]"""
    return _folded(x, window, out_size, np.add, 0)


def sum_pool_dx(dy: Array, shape: Shape, window: Window) -> Array:
    """dx: each gradient goes to all that the sum was of.  Shapes:  shape: that of x"""
    return _scattered((dy for _ in range(prod(window.kernel))), dy, shape, window)


def average_pool(x: Array, window: Window, out_size: Shape, *, count_padding: bool) -> Array:
    """y[o] = mean over k of x[o strides + k dilations - pads]

    Options:  count_padding: padding is part of the mean, as zeros; otherwise only what the window meets of x is.
    """
    y = sum_pool(x, window, out_size)
    y /= counts(x.shape[2:], window, out_size, count_padding=count_padding).astype(x.dtype)
    return y


def average_pool_dx(dy: Array, x: Array, window: Window, *, count_padding: bool) -> Array:
    """dx: each gradient is shared equally among those that the mean was of."""
    share = dy / counts(x.shape[2:], window, dy.shape[2:], count_padding=count_padding).astype(dy.dtype)
    return sum_pool_dx(share, x.shape, window)


def counts(size: Sequence[int], window: Window, out_size: Shape, *, count_padding: bool) -> Array:
    """How many elements the window at each output position meets.  Shapes:  result: out_size

    Padding counts where `count_padding` says so, but not what a ceiling lets a window reach beyond it.
    """
    return _counts(tuple(size), window, tuple(out_size), count_padding).copy()


@lru_cache(maxsize=256)
def _counts(size: Shape, window: Window, out_size: Shape, count_padding: bool) -> Array:
    """Of shapes alone, so counted once for each."""
    met: Array = np.ones(())
    for axis, length in enumerate(size):
        before, after = window.pads[axis]
        low, high = (-before, length + after) if count_padding else (0, length)
        starts = np.arange(out_size[axis]) * window.strides[axis] - before
        places = starts[:, None] + np.arange(window.kernel[axis]) * window.dilations[axis]
        met = met[..., None] * ((places >= low) & (places < high)).sum(axis=1)
    at_least_one: Array = np.maximum(met, 1)
    return at_least_one


def room(size: Sequence[int], window: Window, out_size: Shape) -> tuple[tuple[int, int], ...]:
    """The padding, with as much more after the end as the last window reaches over it."""
    pads = []
    for axis, (before, after) in enumerate(window.pads):
        reach = (out_size[axis] - 1) * window.strides[axis] + window.dilations[axis] * (window.kernel[axis] - 1) + 1
        pads.append((before, max(after, reach - size[axis] - before)))
    return tuple(pads)


def _lowest(x: Array) -> Any:
    """What is never larger than anything of x's dtype."""
    return np.iinfo(x.dtype).min if x.dtype.kind in "iu" else -np.inf


def _folded(x: Array, window: Window, out_size: Shape, fold: np.ufunc, neutral: Any) -> Array:
    """What the window meets at every output position, folded into one element, axis by axis."""
    y = np.empty((*x.shape[:2], *out_size), x.dtype)
    pads = room(x.shape[2:], window, out_size)

    def work(sample: int, channels: slice) -> None:
        part = padded(x[sample : sample + 1, channels], pads, neutral)
        for axis in range(len(out_size)):
            part = _along(part, [(..., *others) for others in _slices(window, axis, out_size)], fold)
        y[sample, channels] = part[0]

    step = max(1, BAND_BYTES // max(1, prod(x.shape[2:]) * x.itemsize))
    starts = range(0, x.shape[1], step)
    in_threads([partial(work, n, slice(c, c + step)) for n in range(len(x)) for c in starts])
    return y


def _slices(window: Window, axis: int, out_size: Shape) -> list[tuple[slice, ...]]:
    """For each element of the kernel along one axis: what it meets there, and all of the axes that come after."""
    stride, dilation = window.strides[axis], window.dilations[axis]
    span = stride * (out_size[axis] - 1) + 1
    rest = [slice(None)] * (len(out_size) - axis - 1)
    return [(slice(k * dilation, k * dilation + span, stride), *rest) for k in range(window.kernel[axis])]


def _along(x: Array, taps: Sequence[Any], fold: np.ufunc) -> Array:
    """x folded along one axis; a view where there is one element only."""
    first, *others = taps
    if not others:
        view: Array = x[first]
        return view
    y: Array = fold(x[first], x[others[0]])
    for where in others[1:]:
        fold(y, x[where], out=y)
    return y


def _scattered(parts: Iterable[Array], dy: Array, shape: Shape, window: Window) -> Array:
    """dx, given what each element of the kernel hands back at every output position."""
    pads = room(shape[2:], window, dy.shape[2:])
    full = (n + before + after for n, (before, after) in zip(shape[2:], pads, strict=True))
    dx = np.zeros((*shape[:2], *full), dy.dtype)
    for where, part in zip(window.taps(dy.shape[2:]), parts, strict=True):
        dx[where] += part
    given: Array = dx[inner(shape[2:], pads)]
    return given
