"""The sigmoid linear unit, also called swish."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.groups import over_elements
from nnlab.kernels.sigmoid import sigmoid
from nnlab.layers.base import LAYERS, Layer


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
        y, gate = ctx.empty(x.shape, x.dtype), ctx.empty(x.shape, x.dtype)
        over_elements(_forward, x, y, gate)
        return y, (y, gate)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        y, gate = cache
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, y, gate, dx)
        return (dx,)


def _forward(x: Array, y: Array, gate: Array) -> None:
    np.multiply(x, sigmoid(x, out=gate, spare=y), out=y)


def _backward(dy: Array, y: Array, gate: Array, dx: Array) -> None:
    np.subtract(1, gate, out=dx)
    dx *= y
    dx += gate
    dx *= dy
