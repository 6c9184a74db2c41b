"""The Gaussian error linear unit."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.erf import erf
from nnlab.kernels.groups import over_elements
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
        y, chance = ctx.empty(x.shape, x.dtype), ctx.empty(x.shape, x.dtype)
        over_elements(_by_tanh if self.approximate == "tanh" else _by_erf, x, y, chance)
        return y, (x, chance)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        x, chance = cache
        dx = ctx.empty(dy.shape, dy.dtype)
        if self.approximate == "tanh":
            over_elements(_tanh_backward, dy, x, chance, dx, spare=(dy.dtype,), empty=ctx.empty)
        else:
            over_elements(_erf_backward, dy, x, chance, dx)
        return (dx,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Both forms."""
        return (({}, ((6,),)), ({}, ((3, 4, 2),)), ({"approximate": "tanh"}, ((6,),)))


def _by_erf(x: Array, y: Array, chance: Array) -> None:
    np.multiply(x, math.sqrt(0.5), out=chance)
    chance[...] = erf(chance)
    chance += 1
    chance *= 0.5
    np.multiply(x, chance, out=y)


def _by_tanh(x: Array, y: Array, chance: Array) -> None:
    np.multiply(x, x, out=chance)
    chance *= CUBIC
    chance += 1
    chance *= x
    chance *= math.sqrt(2 / math.pi)
    np.tanh(chance, out=chance)
    chance += 1
    chance *= 0.5
    np.multiply(x, chance, out=y)


def _erf_backward(dy: Array, x: Array, chance: Array, dx: Array) -> None:
    np.multiply(x, x, out=dx)
    dx *= -0.5
    np.exp(dx, out=dx)
    dx *= 1 / math.sqrt(2 * math.pi)
    dx *= x
    dx += chance
    dx *= dy


def _tanh_backward(dy: Array, x: Array, chance: Array, dx: Array, spare: Array) -> None:
    np.multiply(x, x, out=dx)
    dx *= 3 * CUBIC
    dx += 1
    dx *= 2 * math.sqrt(2 / math.pi)
    dx *= chance  # (1 - t^2) / 2 = 2 P (1 - P)
    dx *= np.subtract(1, chance, out=spare)
    dx *= x
    dx += chance
    dx *= dy
