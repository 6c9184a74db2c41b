"""Convolution whose kernel reaches far over the edges: only what its elements meet of the input is multiplied.

    y[n, m, o] = sum over k of sum over c of w[m, c, k] x[n, c, i],  i = o strides + k dilations - pads
    dx[n, c, i] = sum over k of sum over m of w[m, c, k] dy[n, m, o]
    dw[m, c, k] = sum over n, o of dy[n, m, o] x[n, c, i]

A wide dilation with as much padding lets most elements of the kernel meet zeros only, at most positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from math import prod
from typing import Any

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.threads import in_threads
from nnlab.kernels.window import Window

WORTH = 0.5
"""The share of meetings that are with the input, below which it pays to take every element of the kernel on its own."""

PIECES = 4
"""Into so many the samples are cut, or the maps of a few, each for a thread; the same on any number of threads."""


@dataclass(frozen=True)
class Meeting:
    """One element of the kernel: at which positions of the output it meets the input, and where in the input.

    Options:  element: its number in the kernel.  out, source: indices of the last axes.
    """

    element: int
    out: Any
    source: Any


@lru_cache(maxsize=512)
def mostly_padding(window: Window, size: Shape, out_size: Shape) -> bool:
    """Whether so few of all meetings are with the input that it pays to look for these."""
    met: int = sum(prod(o.stop - o.start for o in one.out[1:]) for one in meetings(window, size, out_size))
    return met < WORTH * prod(window.kernel) * prod(out_size)


@lru_cache(maxsize=512)
def meetings(window: Window, size: Shape, out_size: Shape) -> tuple[Meeting, ...]:
    """Every element of the kernel that meets the input at all."""
    axes = [_along(window, axis, size[axis], out_size[axis]) for axis in range(len(size))]
    numbers = np.arange(prod(window.kernel)).reshape(window.kernel)
    return tuple(
        Meeting(
            int(numbers[tuple(k for k, _, _ in element)]),
            (..., *(o for _, o, _ in element)),
            (..., *(s for *_, s in element)),
        )
        for element in product(*axes)
    )


def _along(window: Window, axis: int, size: int, out: int) -> list[tuple[int, slice, slice]]:
    """Along one axis: kernel elements that meet the input, the positions of the output, and what they meet."""
    stride, dilation, (before, _) = window.strides[axis], window.dilations[axis], window.pads[axis]
    found = []
    for k in range(window.kernel[axis]):
        shift = k * dilation - before
        first, last = max(0, -(shift // stride)), min(out, (size - 1 - shift) // stride + 1)
        if first < last:
            start = first * stride + shift
            found.append((k, slice(first, last), slice(start, start + (last - first - 1) * stride + 1, stride)))
    return found


def by_meetings(x: Array, w: Array, window: Window, finished: Any, *, threads: int = 0) -> Array:
    """y, each sample's group of channels and part of its maps given to `finished(group, maps, own)` at the end.

    Shapes:  x: (batch, channels, *size); w: (maps, channels / groups, *kernel); y: (batch, maps, *out_size)
    """
    out_size = window.out_size(x.shape[2:])
    found = meetings(window, x.shape[2:], out_size)
    groups, channels, maps = window.groups, w.shape[1], len(w) // window.groups
    y = np.zeros((len(x), groups, maps, *out_size), x.dtype)
    by_group = x.reshape(len(x), groups, channels, *x.shape[2:])
    by_element = _by_element(w, groups, found)
    samples = _cuts(len(x), PIECES)
    parts = _cuts(maps, -(-PIECES // max(1, len(samples))))

    def work(some: slice, group: int) -> None:
        own_x = by_group[some, group]
        met = [own_x[one.source].reshape(len(own_x), channels, -1) for one in found]

        def add_up(part: slice) -> None:
            own = y[some, group, part]
            for one, w_of, columns in zip(found, by_element, met, strict=True):
                whole = own[one.out]
                whole += (w_of[group, part] @ columns).reshape(whole.shape)
            for sample in own:
                finished(group, part, sample)

        in_threads([partial(add_up, part) for part in parts], threads)

    in_threads([partial(work, *place) for place in product(samples, range(groups))], threads)
    return y.reshape(len(x), groups * maps, *out_size)


def dx_by_meetings(dy: Array, w: Array, window: Window, size: Sequence[int], *, threads: int = 0) -> Array:
    """dx, some samples at a time.

    Shapes:  as in `by_meetings`; size: that of x
    """
    groups, channels, maps = window.groups, w.shape[1], len(w) // window.groups
    found = meetings(window, tuple(size), dy.shape[2:])
    dx = np.zeros((len(dy), groups, channels, *size), dy.dtype)
    by_group = dy.reshape(len(dy), groups, maps, *dy.shape[2:])
    by_element = _by_element(w, groups, found)

    def work(some: slice) -> None:
        for one, w_of in zip(found, by_element, strict=True):
            given, met = by_group[some][one.out], dx[some][one.source]
            met += (w_of.swapaxes(1, 2) @ given.reshape(*given.shape[:3], -1)).reshape(met.shape)

    in_threads([partial(work, some) for some in _cuts(len(dy), PIECES)], threads)
    return dx.reshape(len(dy), groups * channels, *size)


def dw_by_meetings(dy: Array, x: Array, window: Window, *, threads: int = 0) -> Array:
    """dw, one element of the kernel at a time.

    Shapes:  as in `by_meetings`
    """
    groups, channels, maps = window.groups, x.shape[1] // window.groups, dy.shape[1] // window.groups
    first_dy, first_x = (array.swapaxes(0, 1) for array in (dy, x))  # samples and positions side by side
    by_element = np.zeros((prod(window.kernel), groups, maps, channels), x.dtype)

    def work(one: Meeting) -> None:
        given = first_dy[one.out].reshape(groups, maps, -1)
        met = first_x[one.source].reshape(groups, channels, -1)
        np.matmul(given, met.swapaxes(1, 2), out=by_element[one.element])

    in_threads([partial(work, one) for one in meetings(window, x.shape[2:], dy.shape[2:])], threads)
    dw: Array = by_element.transpose(1, 2, 3, 0).reshape(groups * maps, channels, *window.kernel)
    return dw


def _by_element(w: Array, groups: int, found: Sequence[Meeting]) -> list[Array]:
    """The weights of those elements that meet something.  Shapes:  each (groups, maps, channels)"""
    flat = w.reshape(groups, len(w) // groups, w.shape[1], -1)
    return [np.ascontiguousarray(flat[..., one.element]) for one in found]


def _cuts(count: int, parts: int) -> list[slice]:
    """Parts of one length, the last of what is left; those of kernels/pieces.py give sums with other last bits."""
    step = max(1, -(-count // parts))
    return [slice(start, start + step) for start in range(0, count, step)]
