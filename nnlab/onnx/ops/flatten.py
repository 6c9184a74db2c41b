"""Flatten."""

import math
from dataclasses import dataclass

from nnlab.core.types import Array, Shape
from nnlab.onnx.ops.base import (
    OPERATORS,
    Gradients,
    Operator,
    Values,
)


@OPERATORS.register("Flatten", since=(1, 9, 11, 13, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Flatten(Operator):
    """A matrix: the axes before `axis` are its rows, the others its columns.

    Shapes:  x: (d0, ..., dn); y: (d0 ... d(axis-1), d(axis) ... dn)
    Gradient:  dx = dy in the shape of x
    """

    halves = "moved"

    axis: int = 1

    def forward(self, x: Array) -> Array:
        """y"""
        return x.reshape(self.sizes(x.shape))

    def sizes(self, shape: Shape) -> Shape:
        """Rows and columns."""
        axis = self.axis + len(shape) if self.axis < 0 else self.axis
        return math.prod(shape[:axis]), math.prod(shape[axis:])

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (dy.reshape(inputs[0].shape),)
