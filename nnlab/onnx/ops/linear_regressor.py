"""LinearRegressor of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.labels import as_float
from nnlab.onnx.ops.post_transform import ML, transformed


@OPERATORS.register("LinearRegressor", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class LinearRegressor(Operator):
    """y = x W^T + b

    Shapes:  x: (batch, features) or (features,); coefficients: W, row by row; intercepts: b; y: (batch, targets)
    Options:  post_transform: what is done to y (post_transform.py).
    """

    coefficients: tuple[float, ...] = ()
    intercepts: tuple[float, ...] = ()
    post_transform: str = "NONE"
    targets: int = 1

    def forward(self, x: Array) -> Array:
        """y"""
        rows = as_float(x).astype(np.float32)
        y = matrix_product(rows, np.array(self.coefficients, np.float32).reshape(self.targets, -1).T)
        return transformed(y + np.array(self.intercepts, np.float32) if self.intercepts else y, self.post_transform)
