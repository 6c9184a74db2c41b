"""Gather."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.ops.sizes import elements
from nnlab.onnx.precision import like, wide


@OPERATORS.register("Gather", since=(1, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Gather(Operator):
    """The entries of x at these places of one axis; negative places count from the end.

    Shapes:  x: (d0, ..., dn); indices: any; y: (d0, ..., d(axis-1), *indices.shape, d(axis+1), ..., dn)
    Gradient:  dx = at each place the sum of dy over every index that names it
    """

    halves = "moved"

    axis: int = 0

    def forward(self, x: Array, indices: Array) -> Array:
        """y"""
        return np.asarray(np.take(x, indices, axis=self.axis))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, indices) = dys, inputs
        (axis,) = normalised_axes((self.axis,), x.ndim)
        assert dy is not None
        dx = np.zeros_like(wide(x))
        np.add.at(dx, (*(slice(None),) * axis, indices), dy)
        return (like(dx, x), None)

    def most_elements(self, inputs: Values) -> float:
        """Everything but the axis, once for each index."""
        x, axis = inputs[0], int(getattr(self, "axis", 0))
        return elements(inputs[1]) * elements(x) / max(1, int(x.shape[axis]))
