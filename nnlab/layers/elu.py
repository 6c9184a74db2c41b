"""The exponential linear unit."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.kernels.bounds import at_least, at_most
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class ELU(Layer):
    """What is positive passes, the rest bends towards -alpha: the mean of what comes out is nearer to zero.

    y = x where x > 0, else alpha (exp(x) - 1)      computed as max(x, 0) + alpha (exp(min(x, 0)) - 1): no overflow

    Shapes:  x, y: (batch, ...)
    Gradient:  dx = dy where x > 0, else dy alpha exp(x) = dy (y + alpha)
    Options:  alpha: how far below zero it reaches; with 1 there is no corner at 0.
    Source:  Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units",
             2016.
    """

    alpha: float = option(1.0, "how far below zero it reaches", above=0)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array]:
        """y, which backward needs too."""
        (x,) = xs
        y = ctx.empty(x.shape, x.dtype)

        def work(x: Array, y: Array, positive: Array) -> None:
            np.expm1(at_most(x, 0, out=y), out=y)
            y *= self.alpha
            y += at_least(x, 0, out=positive)

        over_elements(work, x, y, spare=(x.dtype,), empty=ctx.empty)
        return y, y

    def backward(self, dy: Array, cache: Array, ctx: Context) -> tuple[Array | None, ...]:
        """dx; the cache is positive where x is."""
        if not ctx.needs_dx:
            return (None,)
        dx = ctx.empty(dy.shape, dy.dtype)

        def work(dy: Array, there: Array, slope: Array, passed: Array, one: Array) -> None:
            at_most(there, 0, out=slope)
            slope += self.alpha
            np.copyto(one, np.greater(there, 0, out=passed))
            slope *= np.logical_not(passed, out=passed)  # a copy by a mask takes ten times as long
            slope += one
            np.multiply(dy, slope, out=slope)

        over_elements(work, dy, cache, dx, spare=(np.bool_, dy.dtype), empty=ctx.empty)
        return (dx,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """The usual one; less and more of it."""
        shapes = ((6,),)
        return (({}, shapes), ({"alpha": 0.3}, ((3, 4, 2),)), ({"alpha": 2.0}, shapes))
