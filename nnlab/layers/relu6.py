"""The rectifier with a ceiling."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.bounds import at_least, at_most
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Layer

CEILING = 6


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class ReLU6(Layer):
    """What lies between 0 and 6 passes; the rest stops at these, so that few bits can hold every value.

    y = min(max(x, 0), 6)

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy where 0 < x < 6, else 0      0 at both kinks, as torch has it
    Source:  Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010; Sandler et al., "MobileNetV2", 2018.
    """

    joins: ClassVar[Literal["any"]] = "any"

    ends: ClassVar[tuple[float, float]] = (0.0, float(CEILING))

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too: it is between the bounds where x is."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)
        over_elements(lambda x, y: at_most(at_least(x, 0, out=y), CEILING, out=y), x, y)
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)
        over_elements(_backward, dy, cache, dx, spare=(np.bool_, np.bool_), empty=ctx.empty)
        return (dx,)


def _backward(dy: Array, y: Array, dx: Array, passed: Array, below: Array) -> None:
    np.greater(y, 0, out=passed)
    passed &= np.less(y, CEILING, out=below)
    np.multiply(dy, passed, out=dx)
