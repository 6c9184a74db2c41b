"""The largest value of every channel."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.core.context import Context
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.layers.base import LAYERS, Example, Layer
from nnlab.layers.global_average_pool import channels_of


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class GlobalMaxPool(Layer):
    """Each channel's largest value over all places: whether something is there, not where or how often.

    y[n, c] = max over i, j of x[n, i, j, c]

    Shapes:  x: (batch, height, width, channels), or any other axes between; y: (batch, channels)
    Gradient:  dx = dy at the place of the largest, the first of several; 0 elsewhere
    Raises:  ShapeError: if a sample has no places, or none are left of them.
    Source:  Oquab et al., "Is object localization for free?", 2015.
    """

    chooses: ClassVar[bool] = True

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The number of channels."""
        return channels_of(in_shapes, type(self).__name__)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Shape, Array]]:
        """y; the shape of x and the place of each largest value for backward."""
        (x,) = xs
        flat = x.reshape(len(x), -1, x.shape[-1])
        places = np.argmax(flat, axis=1, out=ctx.empty((len(x), x.shape[-1]), np.intp), keepdims=False)[:, None]
        y = ctx.empty((len(x), x.shape[-1]), x.dtype)
        y[...] = np.take_along_axis(flat, places, axis=1)[:, 0]
        return y, (x.shape, places)

    def backward(self, dy: Array, cache: tuple[Shape, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        shape, places = cache
        dx = ctx.empty(shape, dy.dtype)
        dx[...] = 0
        np.put_along_axis(dx.reshape(len(dx), -1, shape[-1]), places, dy[:, None], axis=1)
        return (dx,)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """An image, a single place, a sequence."""
        return (({}, ((3, 4, 2),)), ({}, ((1, 1, 3),)), ({}, ((5, 2),)))
