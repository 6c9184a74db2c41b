"""Depthwise convolution of narrow maps, channels laid out last: what stands side by side is scaled in one long run.

    y[o, c] = sum over k of w[k, c] x[o strides + k dilations - pads, c]

A row of a narrow map is a short run of numbers, its channels side by side are a long one. Where the last axis moves by
one, all positions of a row are one run, and the weights are laid out as often. einsum adds what every kernel element
gives to a run while that is in the first-level cache: half the passes over memory of a product and a sum.
"""

from collections.abc import Callable
from math import prod

import numpy as np

from nnlab.core.types import Array, Shape
from nnlab.kernels.window import Window, inner

NARROW = 32
"""Positions of an output's last axis, up to which this was measured to be faster: up to 10 times at 7, even at 56."""

RUN = 2048
"""Numbers of a run: of more, weights and sums leave the first-level cache."""


Summed = Callable[[Array, Array, Window, Array], None]
"""Writes y of some channels of one sample: summed(x, w, window, y).

Shapes:  x: (channels, *size); w: (channels, kernel); y: (channels, *out_size)
"""


def channels_last(window: Window, size: Shape, out_size: Shape) -> Summed:
    """The way of one window over inputs of one size; all that does not depend on numbers is computed here."""
    kernel, rank = window.kernel, len(size)
    wide = tuple(n + sum(pads) for n, pads in zip(size, window.pads, strict=True))
    inside = inner(size, window.pads)[1:]
    steps = tuple(prod(wide[axis + 1 :]) for axis in range(rank))
    across = out_size[-1] if window.strides[-1] == 1 else 1  # a row is one run
    places = out_size[:-1] if window.strides[-1] == 1 else out_size
    moves = [s * step for s, step in zip(window.strides, steps, strict=True)][: len(places)]
    moves += [d * step for d, step in zip(window.dilations, steps, strict=True)]
    position, run = [*range(len(places))], len(places) + rank
    element = [*range(len(places), run)]
    last, first = (*range(1, rank + 1), 0), (rank, *range(rank))

    def summed(x: Array, w: Array, _: Window, y: Array) -> None:
        channels = len(x)
        met = np.zeros((*wide, channels), x.dtype)
        met[inside] = x.transpose(last)
        share = np.empty((*kernel, across, channels), w.dtype)
        share[...] = w.T.reshape(*kernel, 1, channels)
        strides = [move * channels * met.itemsize for move in moves]
        view = np.ndarray((*places, *kernel, across * channels), met.dtype, met, 0, (*strides, met.itemsize))
        total = np.einsum(
            share.reshape(*kernel, -1), [*element, run], view, [*position, *element, run], [*position, run]
        )
        y[...] = total.reshape(*out_size, channels).transpose(first)

    return summed
