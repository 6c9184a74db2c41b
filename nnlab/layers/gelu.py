"""The Gaussian error linear unit."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.erf import erf
from nnlab.layers.base import LAYERS, Example, Layer

CUBIC = 0.044715


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class GELU(Layer):
    """Each value times the chance that a normal number is below it: a rectifier without a corner.

    y = x P,  P = (1 + erf(x / sqrt(2))) / 2                        the normal distribution
    y = x P,  P = (1 + t) / 2,  t = tanh(sqrt(2 / pi) (x + 0.044715 x^3))    approximately, within 5e-4

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy (P + x p),  p = exp(-x^2 / 2) / sqrt(2 pi), the slope of P
               p = (1 - t^2) / 2 sqrt(2 / pi) (1 + 3 * 0.044715 x^2)         for the approximation
    Options:  approximate: "none" or "tanh", torch's and ONNX's names.
    Source:  Hendrycks and Gimpel, "Gaussian error linear units", 2016.
    """

    approximate: str = option("none", "the normal distribution itself, or by a tanh", choices=("none", "tanh"))

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Array, Array]]:
        """y; x and P for backward."""
        (x,) = xs
        chance = ctx.empty(x.shape, x.dtype)
        if self.approximate == "tanh":
            np.multiply(x, x, out=chance)
            chance *= CUBIC
            chance += 1
            chance *= x
            chance *= math.sqrt(2 / math.pi)
            np.tanh(chance, out=chance)
        else:
            np.multiply(x, math.sqrt(0.5), out=chance)
            chance[...] = erf(chance)
        chance += 1
        chance *= 0.5
        return np.multiply(x, chance, out=ctx.empty(x.shape, x.dtype)), (x, chance)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        x, chance = cache
        dx = np.multiply(x, x, out=ctx.empty(dy.shape, dy.dtype))
        if self.approximate == "tanh":
            dx *= 3 * CUBIC
            dx += 1
            dx *= 2 * math.sqrt(2 / math.pi)
            dx *= chance  # (1 - t^2) / 2 = 2 P (1 - P)
            dx *= np.subtract(1, chance, out=ctx.empty(dy.shape, dy.dtype))
        else:
            dx *= -0.5
            np.exp(dx, out=dx)
            dx *= 1 / math.sqrt(2 * math.pi)
        dx *= x
        dx += chance
        dx *= dy
        return (dx,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Both forms."""
        return (({}, ((6,),)), ({}, ((3, 4, 2),)), ({"approximate": "tanh"}, ((6,),)))
