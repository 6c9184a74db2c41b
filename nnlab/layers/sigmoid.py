"""The logistic function."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Sigmoid(Layer):
    """Squeezes every value between 0 and 1.

    y = 1 / (1 + exp(-x))                           computed as max(e, [x >= 0]) / (1 + e) with e = exp(-|x|) <= 1,
                                                    which never overflows and keeps the digits of a tiny y

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy y (1 - y)
    """

    also_called = ("Logistic",)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too."""
        (x,) = xs
        e = np.abs(x, out=ctx.empty(x.shape, x.dtype))
        np.negative(e, out=e)
        np.exp(e, out=e)
        y = np.greater_equal(x, 0, out=ctx.empty(x.shape, x.dtype))
        np.maximum(y, e, out=y)
        e += 1
        y /= e
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        y = cache
        dx = np.subtract(1, y, out=ctx.empty(dy.shape, dy.dtype))
        dx *= y
        dx *= dy
        return (dx,)
