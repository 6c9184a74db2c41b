"""The logistic function made of three straight lines."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import LAYERS, Layer

REACH = 3
"""It rises from -REACH to REACH."""


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class HardSigmoid(Layer):
    """A gate between 0 and 1 without an exponential.

    y = min(max(x / 6 + 1 / 2, 0), 1)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy / 6 where -3 < x < 3, else 0     0 at both corners, as torch has it
    Source:  Howard et al., "Searching for MobileNetV3", 2019.
    """

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        return ramp(x, ctx), x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = np.multiply(dy, rising(cache, ctx), out=ctx.empty(dy.shape, dy.dtype))
        dx *= 1 / (2 * REACH)
        return (dx,)


def ramp(x: Array, ctx: Context) -> Array:
    """From 0 at -REACH to 1 at REACH, and level outside."""
    y = np.multiply(x, 1 / (2 * REACH), out=ctx.empty(x.shape, x.dtype))
    y += 0.5
    np.maximum(y, 0, out=y)
    return np.minimum(y, 1, out=y)


def rising(x: Array, ctx: Context) -> Array:
    """Where the ramp is neither 0 nor 1, its corners not counted."""
    return np.less(np.abs(x, out=ctx.empty(x.shape, x.dtype)), REACH, out=ctx.empty(x.shape, np.bool_))
