"""Samples of any shape as vectors."""

import math
from dataclasses import dataclass
from typing import ClassVar

from nnlab.core.context import Context
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import LAYERS, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Flatten(Layer):
    """Each sample as one vector, rows first: a view, nothing is copied.

    y = x with all axes but the batch's joined

    Shapes:  x: (batch, height, width, channels), or any other; y: (batch, height * width * channels)
    Gradient:  dx = dy in the shape of x
    """

    is_view: ClassVar[bool] = True

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The number of values of one sample."""
        return (math.prod(in_shapes[0]),)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[int, ...]]:
        """y, and the shape of x for backward."""
        (x,) = xs
        return x.reshape(len(x), math.prod(x.shape[1:])), x.shape

    def backward(self, dy: Array, cache: tuple[int, ...], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        return (dy.reshape(cache) if ctx.needs_dx else None,)
