"""What layers that drop something by chance have in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.component import option
from nnlab.core.context import Context
from nnlab.core.types import Array, Shape
from nnlab.kernels.groups import over_elements
from nnlab.kernels.images.shared import multiplied
from nnlab.layers.base import Layer

AT_ONCE = 1 << 16
"""Numbers drawn before they are compared: they stay in the cache. They are the same as when all are drawn at once."""


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

    chooses: ClassVar[bool] = True

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
        mask = self._drawn(shape, ctx)
        return self._kept(x, mask, ctx), mask

    def backward(self, dy: Array, cache: Array | None, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        if cache is None:
            return (dy,)
        return (self._kept(dy, cache, ctx),)

    def _drawn(self, shape: Shape, ctx: Context) -> Array:
        """Which stay: a byte each."""
        mask, generator = ctx.empty(shape, np.bool_), ctx.generator()
        flat, numbers = mask.reshape(-1), ctx.empty((min(mask.size, AT_ONCE),), np.float32)
        for start in range(0, mask.size, AT_ONCE):
            part = flat[start : start + AT_ONCE]
            drawn = generator.random(out=numbers[: len(part)], dtype=np.float32)
            np.greater_equal(drawn, self.rate, out=part)
        return mask

    def _kept(self, x: Array, mask: Array, ctx: Context) -> Array:
        """x mask / (1 - rate)"""
        y, scale = ctx.empty(x.shape, x.dtype), 1 / (1 - self.rate)
        if mask.shape != x.shape:  # what a sample's places share
            values = np.broadcast_to(mask.reshape(len(x), -1), (len(x), x.shape[-1])) * x.dtype.type(scale)
            return multiplied(x, values, out=y)

        def work(x: Array, y: Array, mask: Array) -> None:
            np.multiply(x, scale, out=y)
            y *= mask

        over_elements(work, x, y, mask)
        return y
