"""A convolution of images and its gradients, in the form that suits its sizes."""

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.images import columns
from nnlab.kernels.images.bands import Empty
from nnlab.kernels.window import Window


def convolve(x: Array, w: Array, window: Window, *, bias: Array | None = None, empty: Empty = np.empty) -> Array:
    """y[n, i, j, m] = bias[m] + sum over a, b, c of w[a, b, c, m] x[n, i s + a d - p, j s + b d - p, c]

    Shapes:  x: (batch, height, width, channels); w: (kernel height, kernel width, channels / groups, maps)
             bias: (maps,); y: (batch, rows, columns, maps)
    Options:  empty: lends memory, for y too.
    """
    return columns.forward(x, w, window, bias=bias, empty=empty)


def convolve_back(
    dy: Array, x: Array, w: Array, window: Window, *, needs_dx: bool = True, empty: Empty = np.empty
) -> tuple[Array, Array | None]:
    """dw and dx (None where it is not needed), of shapes like w and x."""
    return columns.backward(dy, x, w, window, needs_dx=needs_dx, empty=empty)
