"""A convolution of images and its gradients, in the form that suits its sizes."""

from math import prod
from typing import Literal, Protocol

import numpy as np

from nnlab.core.types import Array, Empty, Shape
from nnlab.kernels.images import columns, depthwise, winograd
from nnlab.kernels.window import Window

Form = Literal["auto", "columns", "winograd"]
"""Columns can do every convolution and are its definition. Winograd's algorithm does those that it can: all of them
where it is asked for, and with "auto" where it pays. Depthwise ones have a form of their own, unless columns are asked
for."""

LEAST_CHANNELS = 8
"""Of the smaller of channels and maps, from which Winograd's algorithm pays."""

LEAST_WORK = 1024
"""Tiles times that number, from which it does: below, the calls of its twenty steps outlast what they save."""

LEAST_TILES = 24
"""Tiles from which it does, however many channels: a kernel grows fourfold when it is transformed, and with few tiles
that is most of the work (512 channels and maps, 4x4 images: 16 take 88 ms instead of 73 by columns, 24 take 97 instead
of 103, forward and back; and three times the memory)."""


class Algorithm(Protocol):
    """How a convolution and its gradients are computed.

    Shapes:  x: (batch, height, width, channels); w: (kernel height, kernel width, channels / groups, maps)
             bias: (maps,); y, dy: (batch, rows, columns, maps)
    """

    def forward(
        self, x: Array, w: Array, window: Window, *, bias: Array | None = None, empty: Empty = np.empty
    ) -> Array:
        """y[n, i, j, m] = bias[m] + sum over a, b, c of w[a, b, c, m] x[n, i s + a d - p, j s + b d - p, c]

        Options:  empty: lends memory, for y too.
        """
        ...

    def backward(
        self, dy: Array, x: Array, w: Array, window: Window, *, needs_dx: bool = True, empty: Empty = np.empty
    ) -> tuple[Array, Array | None]:
        """dw and dx (None where it is not needed), of shapes like w and x."""
        ...


def algorithm(x_shape: Shape, w_shape: Shape, window: Window, form: Form = "auto") -> Algorithm:
    """The one that does a convolution of these sizes."""
    if form == "columns":
        return columns
    if depthwise.fits(w_shape, window):
        return depthwise
    if not winograd.fits(window):
        return columns
    least = min(w_shape[2:])
    tiles = x_shape[0] * prod(-(-n // winograd.SIDE) for n in window.out_size(x_shape[1:3]))
    pays = least >= LEAST_CHANNELS and tiles >= LEAST_TILES and tiles * least >= LEAST_WORK
    return winograd if pays or form == "winograd" else columns
