"""GatherND."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import elements
from nnlab.onnx.precision import like, wide


@OPERATORS.register("GatherND", since=(11, 12, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class GatherND(Operator):
    """The parts of x whose leading places the last axis of `indices` spells out.

    y[..., :] = x[indices[..., 0], indices[..., 1], ..., :], behind `batch_dims` axes that both have in common.

    Gradient:  dx = at each place the sum of dy over every index that names it
    """

    halves = "moved"

    batch_dims: int = 0

    def forward(self, x: Array, indices: Array) -> Array:
        """y"""
        return np.asarray(x[self.places(indices)])

    def places(self, indices: Array) -> tuple[Array, ...]:
        """The places as one array an axis, those of the common axes first."""
        common = indices.shape[: self.batch_dims]
        ranks = (1,) * (indices.ndim - 1 - self.batch_dims)
        grid: tuple[Array, ...] = np.indices(common, sparse=True)
        batch = [place.reshape(*place.shape, *ranks) for place in grid]
        return (*batch, *np.moveaxis(indices, -1, 0))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x, indices) = dys, inputs
        assert dy is not None
        dx = np.zeros_like(wide(x))
        np.add.at(dx, self.places(indices), dy)
        return (like(dx, x), None)

    def most_elements(self, inputs: Values) -> float:
        """What the last axis of the indices does not choose, once for each index."""
        x, indices, skipped = inputs[0], inputs[1], int(getattr(self, "batch_dims", 0))
        chosen = skipped + int(indices.shape[-1])
        most: float = elements(indices) / max(1, int(indices.shape[-1])) * math.prod(x.shape[chosen:])
        return most
