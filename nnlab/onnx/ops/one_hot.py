"""OneHot."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, normalised_axes
from nnlab.onnx.ops.sizes import elements, ints
from nnlab.onnx.precision import wide


@OPERATORS.register("OneHot", since=(9, 11, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class OneHot(Operator):
    """A new axis of `depth` places, on_value at the one that the index names, off_value elsewhere.

    Negative indices count from the end; those outside name no place.

    Shapes:  values: (2,), off and on; y: indices' with depth at `axis`
    Gradient:  dvalues = the sum of dy over the places that are off, and over those that are on
    """

    axis: int = -1

    def forward(self, indices: Array, depth: Array, values: Array) -> Array:
        """y"""
        y: Array = np.where(self.on(indices, depth), values[1], values[0])
        return y

    def on(self, indices: Array, depth: Array) -> Array:
        """Which places are on."""
        size = int(depth.reshape(-1)[0])
        whole = indices.astype(np.int64)
        (axis,) = normalised_axes((self.axis,), indices.ndim + 1)
        places = np.arange(size).reshape(-1, *(1,) * (indices.ndim - axis))
        on: Array = np.expand_dims(np.where(whole < 0, whole + size, whole), axis) == places
        return on

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dvalues"""
        (dy,), (indices, depth, values) = dys, inputs
        assert dy is not None
        on = self.on(indices, depth)
        return (None, None, np.stack([wide(dy[~on]).sum(), wide(dy[on]).sum()]).astype(values.dtype))

    def most_elements(self, inputs: Values) -> float:
        """One axis more, of the depth."""
        return elements(inputs[0]) * max(ints(inputs[1]))
