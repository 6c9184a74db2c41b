"""Softsign."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import Layer


@dataclass(kw_only=True, eq=False)
class Softsign(Layer):
    """Squeezes every value between -1 and 1, more slowly than the hyperbolic tangent.

    y = x / (1 + |x|)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy / (1 + |x|)^2
    Source:  Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and 1 + |x| for backward."""
        (x,) = xs
        size = np.abs(x, out=ctx.empty(x.shape, x.dtype))
        size += 1
        return np.divide(x, size, out=ctx.empty(x.shape, x.dtype)), size

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = np.divide(dy, cache, out=ctx.empty(dy.shape, dy.dtype))
        dx /= cache
        return (dx,)
