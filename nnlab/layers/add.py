"""The sum of several inputs."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.groups import over_elements
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Add(Layer):
    """The sum of its inputs: where a shortcut joins the path that it went around.

    y = x1 + x2 + ...

    Shapes:  every x, y: (batch, ...), all the same
    Gradient:  dx1 = dx2 = ... = dy                 one array for all: nobody writes into a gradient
    Raises:  ShapeError: if there are fewer than two inputs, or their shapes differ.
    Source:  He et al., "Deep residual learning for image recognition", 2016 (the use).
    """

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The shape of any input."""
        if len(in_shapes) < 2 or len(set(in_shapes)) > 1:
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"Add takes two or more inputs of one shape, got {got}")
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, int]:
        """y, and the number of inputs for backward."""
        y = ctx.empty(xs[0].shape, xs[0].dtype)
        over_elements(_sum, y, *xs)
        return y, len(xs)

    def backward(self, dy: Array, cache: int, ctx: Context) -> tuple[Array | None, ...]:
        """dy for every input."""
        return (dy if ctx.needs_dx else None,) * cache

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Two vectors, three images."""
        return (({}, ((4,), (4,))), ({}, ((2, 3, 2),) * 3))


def _sum(y: Array, first: Array, second: Array, *others: Array) -> None:
    np.add(first, second, out=y)
    for x in others:
        y += x
