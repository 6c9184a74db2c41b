"""The hyperbolic tangent."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Tanh(Layer):
    """Squeezes every value between -1 and 1.

    y = tanh(x)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy (1 - y^2)
    """

    also_called = ("HyperbolicTangent",)
    ends: ClassVar[tuple[float, float]] = (-1.0, 1.0)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)
        over_elements(lambda x, y: np.tanh(x, out=y), x, y)
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, cache, dx)
        return (dx,)


def _backward(dy: Array, y: Array, dx: Array) -> None:
    np.multiply(y, y, out=dx)
    np.subtract(1, dx, out=dx)
    dx *= dy
