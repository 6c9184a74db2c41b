"""Dropout."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Dropout(Layer):
    """In training, each value is dropped with probability `rate` and the others grow to keep the mean.

    y = x mask;  mask = 0 with probability rate, else 1 / (1 - rate)         in training
    y = x                                                                    in evaluation, and at rate 0

    The mask is drawn from the step's own stream, in float32 whatever the model's dtype: the same step drops the same
    values in float32, in float64 and in a second pass.

    Shapes:  x, y, mask: (batch, ...)
    Gradient:  dx = dy mask
    Options:  rate: share of the values that is dropped, 0 to below 1.
    Source:  Srivastava et al., "Dropout", 2014; scaled in training ("inverted") so that evaluation is the identity.
    """

    rate: float = option(0.5, "share of the values that is dropped in training", low=0, below=1)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array | None]:
        """y, and the mask for backward (None where nothing was dropped)."""
        (x,) = xs
        if not ctx.training or self.rate == 0:
            return x, None
        drawn = ctx.generator().random(out=ctx.empty(x.shape, np.float32), dtype=np.float32)
        mask = np.greater_equal(drawn, self.rate, out=ctx.empty(x.shape, x.dtype))
        mask *= 1 / (1 - self.rate)
        return np.multiply(x, mask, out=ctx.empty(x.shape, x.dtype)), mask

    def backward(self, dy: Array, cache: Array | None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        if cache is None:
            return (dy,)
        return (np.multiply(dy, cache, out=ctx.empty(dy.shape, dy.dtype)),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Dropping half, a little, and nothing."""
        return (({}, ((6,),)), ({"rate": 0.2}, ((3, 4, 2),)), ({"rate": 0.0}, ((6,),)))
