"""The logistic function."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.groups import over_elements
from nnlab.kernels.sigmoid import sigmoid
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Sigmoid(Layer):
    """Squeezes every value between 0 and 1.

    y = 1 / (1 + exp(-x))

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy y (1 - y)
    """

    also_called = ("Logistic",)
    ends: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)
        over_elements(_forward, x, y, spare=(x.dtype,), empty=ctx.empty)
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, cache, dx)
        return (dx,)


def _forward(x: Array, y: Array, spare: Array) -> None:
    sigmoid(x, out=y, spare=spare)


def _backward(dy: Array, y: Array, dx: Array) -> None:
    np.subtract(1, y, out=dx)
    dx *= y
    dx *= dy
