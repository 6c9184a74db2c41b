"""Swish with straight lines for its gate."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Layer
from nnlab.layers.hard_sigmoid import REACH, ramp, rising


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class HardSwish(Layer):
    """Each value times its own gate, which is made of three straight lines: nearly SiLU, without an exponential.

    y = x h,  h = min(max(x / 6 + 1 / 2, 0), 1)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy (h + x / 6 where -3 < x < 3, else h)    at the corners 0 and 1, as torch has it
    Source:  Howard et al., "Searching for MobileNetV3", 2019.
    """

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Array, Array]]:
        """y; x and the gate for backward."""
        (x,) = xs
        y, gate = ctx.empty(x.shape, x.dtype), ctx.empty(x.shape, x.dtype)
        over_elements(lambda x, y, gate: np.multiply(x, ramp(x, gate), out=y), x, y, gate)
        return y, (x, gate)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        x, gate = cache
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, x, gate, dx, spare=(np.bool_,), empty=ctx.empty)
        return (dx,)


def _backward(dy: Array, x: Array, gate: Array, dx: Array, spare: Array) -> None:
    np.multiply(x, rising(x, size=dx, out=spare), out=dx)
    dx *= 1 / (2 * REACH)
    dx += gate
    dx *= dy
