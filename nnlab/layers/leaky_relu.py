"""The rectifier that leaks."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.bounds import at_least
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class LeakyReLU(Layer):
    """What is positive passes, the rest is made small, so that no unit ever stops learning.

    y = max(x, alpha x)                             the same as x where x > 0, else alpha x, for alpha up to 1

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy where x > 0, else alpha dy   alpha at the kink, as torch has it
    Options:  alpha: slope below zero, 0 (ReLU) to 1 (the identity).
    Source:  Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
    """

    also_called = ("LReLU",)

    alpha: float = option(0.01, "slope below zero", low=0, high=1)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, and x for backward."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)

        def work(x: Array, y: Array) -> None:
            np.multiply(x, self.alpha, out=y)
            np.maximum(x, y, out=y)

        over_elements(work, x, y)
        return y, x

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)

        def work(dy: Array, x: Array, slope: Array, passed: Array) -> None:
            np.copyto(slope, np.greater(x, 0, out=passed))
            at_least(slope, self.alpha, out=slope)  # 1 stays 1, 0 becomes alpha: no boolean index, no branch
            np.multiply(dy, slope, out=slope)

        over_elements(work, dy, cache, dx, spare=(np.bool_,), empty=ctx.empty)
        return (dx,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The usual slope and the extremes."""
        shapes = ((6,),)
        return (({}, shapes), ({"alpha": 0.3}, ((3, 4, 2),)), ({"alpha": 0.0}, shapes), ({"alpha": 1.0}, shapes))
