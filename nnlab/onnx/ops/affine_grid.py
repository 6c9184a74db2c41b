"""AffineGrid."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.sizes import ints
from nnlab.onnx.precision import like, wide


@OPERATORS.register("AffineGrid", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class AffineGrid(Operator):
    """grid[n, o] = theta[n] (o, 1): the points of an output, from -1 to 1 along each axis, moved by a matrix

    Shapes:  theta: (batch, axes, axes + 1); size: (batch, channels, *out_size); grid: (batch, *out_size, axes)
    Gradient:  dtheta[n] = sum over o of dgrid[n, o] (o, 1)T
    Options:  align_corners: as in GridSample.
    """

    halves = "widened"

    align_corners: int = 0

    def points(self, size: Sequence[int]) -> Array:
        """Every output position with a 1 after it, the last axis first.  Shapes:  (positions, axes + 1)"""
        axes = []
        for n in size:
            places = np.arange(n, dtype=np.float64)
            axes.append(places * 2 / max(n - 1, 1) - 1 if self.align_corners else (2 * places + 1) / n - 1)
        grids = np.meshgrid(*axes, indexing="ij")
        return np.stack([*(g.reshape(-1) for g in reversed(grids)), np.ones(grids[0].size)], axis=-1)

    def forward(self, theta: Array, size: Array) -> Array:
        """grid"""
        out = [int(n) for n in size[2:]]
        grid = matrix_product(self.points(out).astype(wide(theta).dtype), wide(theta).swapaxes(1, 2))
        return like(grid.reshape(len(theta), *out, theta.shape[1]), theta)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dtheta"""
        dy, (theta, size) = wide(dys[0]), inputs
        points = self.points([int(n) for n in size[2:]]).astype(dy.dtype)
        return like(matrix_product(dy.reshape(len(theta), -1, theta.shape[1]).swapaxes(1, 2), points), theta), None

    def most_elements(self, inputs: Values) -> float:
        """As many coordinates as axes at each place."""
        return math.prod(ints(inputs[1])) * 3
