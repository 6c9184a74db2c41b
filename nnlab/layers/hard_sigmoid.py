"""The logistic function made of three straight lines."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.bounds import at_least, at_most
from nnlab.kernels.groups import over_elements
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

    ends: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)
        over_elements(ramp, x, y)
        return y, x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, cache, dx, spare=(np.bool_,), empty=ctx.empty)
        return (dx,)


def _backward(dy: Array, x: Array, dx: Array, spare: Array) -> None:
    np.multiply(dy, rising(x, size=dx, out=spare), out=dx)
    dx *= 1 / (2 * REACH)


def ramp(x: Array, out: Array) -> Array:
    """From 0 at -REACH to 1 at REACH, and level outside."""
    np.multiply(x, 1 / (2 * REACH), out=out)
    out += 0.5
    return at_most(at_least(out, 0, out=out), 1, out=out)


def rising(x: Array, *, size: Array, out: Array) -> Array:
    """Where the ramp is neither 0 nor 1, its corners not counted.  Options:  size: memory for |x|."""
    return np.less(np.abs(x, out=size), REACH, out=out)
