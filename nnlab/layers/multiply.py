"""The product of two inputs."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError
from nnlab.core.parameter import NewParameter
from nnlab.core.types import Array, Shape
from nnlab.kernels.groups import over_elements
from nnlab.kernels.images.shared import multiplied, products_added_up
from nnlab.layers.base import LAYERS, Example, Layer


@LAYERS.register
@dataclass(kw_only=True, eq=False)
class Multiply(Layer):
    """Values times gates: each has its own, or all places of an image share one for each channel.

    y = x gate                                      y[n, i, j, c] = x[n, i, j, c] gate[n, c] where it is shared

    Shapes:  x, y: (batch, ..., channels); gate: like x, or (batch, channels)
    Gradient:  dx = dy gate;  dgate = dy x          added up over the places that share a gate
    Raises:  ShapeError: unless there are two inputs whose shapes fit so.
    Source:  Hu, Shen and Sun, "Squeeze-and-excitation networks", 2018 (the use).
    """

    def build(self, *in_shapes: Shape, new: NewParameter) -> Shape:
        """The shape of the first input."""
        if len(in_shapes) != 2 or in_shapes[1] not in (in_shapes[0], in_shapes[0][-1:]):
            got = " and ".join(str(shape) for shape in in_shapes)
            raise ShapeError(f"Multiply takes values and a gate of their shape, or one for each channel, got {got}")
        return in_shapes[0]

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Array, Array]]:
        """y, and both inputs for backward."""
        x, gate = xs
        return _product(x, gate, ctx), (x, gate)

    def backward(self, dy: Array, cache: tuple[Array, Array], ctx: Context) -> tuple[Array | None, ...]:
        """dx and dgate."""
        if not ctx.needs_dx:
            return (None, None)
        x, gate = cache
        dx = _product(dy, gate, ctx)
        if gate.shape == x.shape:
            return dx, _product(dy, x, ctx)
        return dx, products_added_up(x, dy, out=ctx.empty(gate.shape, dy.dtype))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Rows, images of one shape, and a gate for each channel."""
        return (({}, ((4,), (4,))), ({}, ((2, 3, 2), (2, 3, 2))), ({}, ((2, 3, 5), (5,))))


def _product(x: Array, gate: Array, ctx: Context) -> Array:
    """Element by element, or of every place with the gate that all share."""
    y = ctx.empty(x.shape, x.dtype)
    if gate.shape != x.shape:
        return multiplied(x, gate, out=y)
    over_elements(lambda x, gate, y: np.multiply(x, gate, out=y), x, gate, y)
    return y
