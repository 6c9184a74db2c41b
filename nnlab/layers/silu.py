"""The sigmoid linear unit, also called swish."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import LAYERS, Layer
from nnlab.layers.sigmoid import Sigmoid


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class SiLU(Layer):
    """Each value times its own gate: a rectifier without a corner that dips a little below zero.

    y = x s,  s = 1 / (1 + exp(-x))

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy (s + x s (1 - s)) = dy (s + y (1 - s))
    Source:  Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2018; Ramachandran, Zoph and Le, "Searching for
             activation functions", 2017 (as swish).
    """

    also_called = ("Swish",)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Array, Array]]:
        """y; it and the gate for backward."""
        (x,) = xs
        gate, _ = Sigmoid().forward(x, ctx=ctx)
        y = np.multiply(x, gate, out=ctx.empty(x.shape, x.dtype))
        return y, (y, gate)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        y, gate = cache
        dx = np.subtract(1, gate, out=ctx.empty(dy.shape, dy.dtype))
        dx *= y
        dx += gate
        dx *= dy
        return (dx,)
