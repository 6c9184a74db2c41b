"""The rectifier."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.bounds import at_least
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class ReLU(Layer):
    """What is positive passes, the rest becomes zero.

    y = max(x, 0)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy where x > 0, else 0          0 at the kink, as torch and ONNX runtimes have it
    Source:  Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    """

    joins: ClassVar[Literal["any"]] = "any"

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too: it is positive where x is."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)
        over_elements(lambda x, y: at_least(x, 0, out=y), x, y)
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, cache, dx, spare=(np.bool_,), empty=ctx.empty)
        return (dx,)


def _backward(dy: Array, y: Array, dx: Array, passed: Array) -> None:
    np.greater(y, 0, out=passed)
    np.multiply(dy, passed, out=dx)
