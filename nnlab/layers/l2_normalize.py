"""Vectors of length 1."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.unit import lengths, unit_gradient
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class L2Normalize(Layer):
    """A vector's direction: the product of two such vectors is the cosine of the angle between them.

    y = x / |x|;  |x| = sqrt(sum over channels of x^2), at least 1e-12

    Shapes:  x, y: (batch, ..., channels)
    Gradient:  dx = (dy - y (y . dy)) / |x|      what of dy changes the direction
    Raises:  ShapeError: when a sample is no vector, and holds none.
    """

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """Makes nothing."""
        if len(in_shapes) != 1 or not in_shapes[0]:
            raise ShapeError(f"L2Normalize takes one input with channels, got {' and '.join(map(str, in_shapes))}")
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Array, Array]]:
        """y; y and the lengths for backward."""
        (x,) = xs
        length = lengths(x)
        y = np.divide(x, length, out=ctx.empty(x.shape, x.dtype))
        return y, (y, length)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        return (unit_gradient(dy, *cache, out=ctx.empty(dy.shape, dy.dtype)),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Rows, and a vector at every place."""
        return (({}, ((5,),)), ({}, ((3, 2, 4),)))
