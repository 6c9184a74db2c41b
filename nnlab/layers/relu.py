"""The rectifier."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class ReLU(Layer):
    """What is positive passes, the rest becomes zero.

    y = max(x, 0)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy where x > 0, else 0          0 at the kink, as torch and ONNX runtimes have it
    Source:  Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    """

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too: it is positive where x is."""
        (x,) = xs
        y = np.maximum(x, 0, out=ctx.empty(x.shape, x.dtype))
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        passed = np.greater(cache, 0, out=ctx.empty(dy.shape, np.bool_))
        return (np.multiply(dy, passed, out=ctx.empty(dy.shape, dy.dtype)),)
