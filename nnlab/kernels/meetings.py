"""Convolution whose kernel reaches far over the edges: only what its elements meet of the input is multiplied.

    y[n, m, o] = sum over k of sum over c of w[m, c, k] x[n, c, o strides + k dilations - pads]

A wide dilation with as much padding lets most elements of the kernel meet zeros only, at most positions.
"""

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
"""Parts of the maps, each for a thread; the same on any number of threads."""


@dataclass(frozen=True)
class Meeting:
    """One element of the kernel: at which positions of the output it meets the input, and where in the input.

    Options:  element: its number in the kernel.
    """

    element: int
    out: tuple[slice, ...]
    source: tuple[slice, ...]


@lru_cache(maxsize=512)
def meetings(window: Window, size: Shape, out_size: Shape) -> tuple[tuple[Meeting, ...], float]:
    """Every element of the kernel that meets the input at all, and the share of meetings that are with the input."""
    axes = [_along(window, axis, size[axis], out_size[axis]) for axis in range(len(size))]
    numbers = np.arange(prod(window.kernel)).reshape(window.kernel)
    found = tuple(
        Meeting(
            int(numbers[tuple(k for k, _, _ in element)]),
            tuple(o for _, o, _ in element),
            tuple(s for *_, s in element),
        )
        for element in product(*axes)
    )
    met = sum(prod(o.stop - o.start for o in one.out) for one in found)
    return found, met / max(1, prod(window.kernel) * prod(out_size))


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
    """y, each group of channels and part of its maps given to `finished(group, maps, own)` at the end.

    Shapes:  x: (batch, channels, *size); w: (maps, channels / groups, *kernel); y: (batch, maps, *out_size)
    """
    out_size = window.out_size(x.shape[2:])
    found, _ = meetings(window, x.shape[2:], out_size)
    groups, channels, maps = window.groups, w.shape[1], len(w) // window.groups
    y = np.zeros((len(x), len(w), *out_size), x.dtype)
    by_element = np.ascontiguousarray(w.reshape(groups, maps, channels, -1).transpose(0, 3, 1, 2))

    def work(n: int, group: int, part: slice, met: list[Array]) -> None:
        own = y[n].reshape(groups, maps, *out_size)[group, part]
        for one, columns in zip(found, met, strict=True):
            whole = own[(slice(None), *one.out)]
            whole += (by_element[group, one.element, part] @ columns).reshape(whole.shape)
        finished(group, part, own)

    step = max(1, -(-maps // PIECES))
    for n, group in product(range(len(x)), range(groups)):
        own_x = x[n, group * channels : (group + 1) * channels]
        met = [own_x[(slice(None), *one.source)].reshape(channels, -1) for one in found]
        in_threads([partial(work, n, group, slice(m, m + step), met) for m in range(0, maps, step)], threads)
    return y
