"""The mean of every channel."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.images.shared import added_up, given_to_all
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class GlobalAveragePool(Layer):
    """Each channel's mean over all places: images of any size become rows of as many values as they have channels.

    y[n, c] = 1/p sum over i, j of x[n, i, j, c]    p: the number of places

    Shapes:  x: (batch, height, width, channels), or any other axes between; y: (batch, channels)
    Gradient:  dx[n, i, j, c] = dy[n, c] / p
    Raises:  ShapeError: if a sample has no places, or none are left of them.
    Source:  Lin, Chen and Yan, "Network in network", 2014.
    """

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The number of channels."""
        return channels_of(in_shapes, type(self).__name__)

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Shape]:
        """y, and the shape of x for backward."""
        (x,) = xs
        y = added_up(x, out=ctx.empty((len(x), x.shape[-1]), x.dtype))
        y /= math.prod(x.shape[1:-1])
        return y, x.shape

    def backward(self, dy: Array, cache: Shape, ctx: Context) -> tuple[Array | None, ...]:
        """dx"""
        if not ctx.needs_dx:
            return (None,)
        share = np.multiply(dy, 1 / math.prod(cache[1:-1]), out=ctx.empty(dy.shape, dy.dtype))
        return (given_to_all(share, out=ctx.empty(cache, dy.dtype)),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """An image, a single place, a sequence."""
        return (({}, ((3, 4, 2),)), ({}, ((1, 1, 3),)), ({}, ((5, 2),)))


def channels_of(in_shapes: tuple[Shape, ...], layer: str) -> Shape:
    """The channels alone of one input with places. Raises ShapeError: naming the layer, where it has none."""
    if len(in_shapes) != 1 or len(in_shapes[0]) < 2 or 0 in in_shapes[0]:
        got = " and ".join(str(shape) for shape in in_shapes)
        raise ShapeError(f"{layer} takes one image per sample, got {got}", hint="put it before the Flatten")
    return in_shapes[0][-1:]
