"""What layers that drop something by chance have in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Layer


@dataclass(kw_only=True, eq=False)
class Dropping(Layer, ABC):
    """y = x mask;  mask = 0 with probability rate, else 1 / (1 - rate)         in training
    y = x                                                                       in evaluation, and at rate 0

    What shares a number of the mask is dropped together: a subclass says its shape. The numbers are drawn
    from the step's own stream, in float32 whatever the model's dtype: the same step drops the same in float32, in
    float64 and in a second pass.

    Gradient:  dx = dy mask
    Options:  rate: share that is dropped, 0 to below 1.
    """

    rate: float = option(0.5, "share that is dropped in training", low=0, below=1)

    @abstractmethod
    def mask_shape(self, in_shape: Shape) -> Shape:
        """Of one sample's mask, which is broadcast to the sample."""

    def draws(self, *in_shapes: Shape) -> Shape | None:
        """A number for each of the mask."""
        return self.mask_shape(in_shapes[0]) if self.rate else None

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Array | None]:
        """y, and the mask for backward (None where nothing was dropped)."""
        (x,) = xs
        if not ctx.training or self.rate == 0:
            return x, None
        shape = (len(x), *self.mask_shape(x.shape[1:]))
        drawn = ctx.generator().random(out=ctx.empty(shape, np.float32), dtype=np.float32)
        mask = np.greater_equal(drawn, self.rate, out=ctx.empty(shape, x.dtype))
        mask *= 1 / (1 - self.rate)
        return np.multiply(x, mask, out=ctx.empty(x.shape, x.dtype)), mask

    def backward(self, dy: Array, cache: Array | None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        if cache is None:
            return (dy,)
        return (np.multiply(dy, cache, out=ctx.empty(dy.shape, dy.dtype)),)
