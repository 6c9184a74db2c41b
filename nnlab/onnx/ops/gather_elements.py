"""GatherElements."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import elements
from nnlab.onnx.precision import like, wide


@OPERATORS.register("GatherElements", since=(11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class GatherElements(Operator):
    """For every index the entry of x at that place of one axis, all other places being the index's own.

    y[i, j, k] = x[indices[i, j, k], j, k]                for axis 0 of three

    Shapes:  indices, y: the same, of x's rank
    Gradient:  dx = at each place the sum of dy over every index that names it
    """

    halves = "moved"

    axis: int = 0

    def forward(self, x: Array, indices: Array) -> Array:
        """y"""
        return np.asarray(x[element_places(indices, self.axis)])

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, indices) = dys, inputs
        assert dy is not None
        dx = np.zeros_like(wide(x))
        np.add.at(dx, element_places(indices, self.axis), dy)
        return (like(dx, x), None)

    def most_elements(self, inputs: Values) -> float:
        """As many as there are indices."""
        return elements(inputs[1])


def element_places(indices: Array, axis: int) -> tuple[Array, ...]:
    """The place in x that each index means, as one array an axis."""
    places: list[Array] = list(np.indices(indices.shape, sparse=True))
    places[axis] = indices
    return tuple(places)
