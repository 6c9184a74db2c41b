"""A convolution of images and its gradients, in the form that suits its sizes."""

from math import prod
from typing import Literal

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.images import columns, winograd
from nnlab.kernels.images.bands import Empty
from nnlab.kernels.window import Window

Form = Literal["auto", "columns", "winograd"]
"""Columns can do every convolution and are its definition. Winograd's algorithm does those that it can: all of them
where it is asked for, and with "auto" where it pays."""

LEAST_CHANNELS = 8
"""Of the smaller of channels and maps, from which Winograd's algorithm pays."""

LEAST_WORK = 1024
"""Tiles times that number, from which it does: below, the calls of its twenty steps outlast what they save."""


def convolve(
    x: Array, w: Array, window: Window, *, bias: Array | None = None, form: Form = "auto", empty: Empty = np.empty
) -> Array:
    """y[n, i, j, m] = bias[m] + sum over a, b, c of w[a, b, c, m] x[n, i s + a d - p, j s + b d - p, c]

    Shapes:  x: (batch, height, width, channels); w: (kernel height, kernel width, channels / groups, maps)
             bias: (maps,); y: (batch, rows, columns, maps)
    Options:  empty: lends memory, for y too.
    """
    if by_winograd(x, w, window, form):
        return winograd.forward(x, w, window, bias=bias, empty=empty)
    return columns.forward(x, w, window, bias=bias, empty=empty)


def convolve_back(
    dy: Array,
    x: Array,
    w: Array,
    window: Window,
    *,
    needs_dx: bool = True,
    form: Form = "auto",
    empty: Empty = np.empty,
) -> tuple[Array, Array | None]:
    """dw and dx (None where it is not needed), of shapes like w and x."""
    if by_winograd(x, w, window, form):
        return winograd.backward(dy, x, w, window, needs_dx=needs_dx, empty=empty)
    return columns.backward(dy, x, w, window, needs_dx=needs_dx, empty=empty)


def by_winograd(x: Array, w: Array, window: Window, form: Form) -> bool:
    """Whether Winograd's algorithm does a convolution."""
    if form == "columns" or not winograd.fits(window):
        return False
    least = min(w.shape[2:])
    tiles = len(x) * prod(-(-n // winograd.SIDE) for n in window.out_size(x.shape[1:3]))
    return form == "winograd" or (least >= LEAST_CHANNELS and tiles * least >= LEAST_WORK)
