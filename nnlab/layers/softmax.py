"""The softmax."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Softmax(Layer):
    """Logits to probabilities over the last axis.

    y_i = exp(x_i) / sum_j exp(x_j)                 after taking the largest x from all: the same y, no overflow

    Shapes:  x, y: (batch, ..., classes)
    Gradient:  dx_i = y_i (dy_i - sum_j dy_j y_j)
    """

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too."""
        (x,) = xs
        y = softmax(x, out=ctx.empty(x.shape, x.dtype))
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        y = cache
        mean = np.einsum("...c,...c->...", dy, y)[..., np.newaxis]
        dx = np.subtract(dy, mean, out=ctx.empty(dy.shape, dy.dtype))
        dx *= y
        return (dx,)
