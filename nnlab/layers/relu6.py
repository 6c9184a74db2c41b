"""The rectifier with a ceiling."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.types import Array
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

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too: it is between the bounds where x is."""
        (x,) = xs
        y = np.maximum(x, 0, out=ctx.empty(x.shape, x.dtype))
        np.minimum(y, CEILING, out=y)
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        passed = np.greater(cache, 0, out=ctx.empty(dy.shape, np.bool_))
        passed &= np.less(cache, CEILING, out=ctx.empty(dy.shape, np.bool_))
        return (np.multiply(dy, passed, out=ctx.empty(dy.shape, dy.dtype)),)
