"""SVMRegressor of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.labels import as_float
from nnlab.onnx.ops.post_transform import ML, transformed
from nnlab.onnx.ops.svm import Svm, rows


@OPERATORS.register("SVMRegressor", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class SVMRegressor(Svm):
    """y = sum over s of coefficients[s] kernel(x, support vector s) + rho; without support vectors: of features

    Shapes:  x: (batch, features); y: (batch, 1)
    Options:  n_supports: how many support vectors.  one_class: 1: y = 1 where it is above 0, else -1.
    """

    n_supports: int = 0
    one_class: int = 0

    def forward(self, x: Array) -> Array:
        """y"""
        wide, weights = as_float(x).astype(np.float64), np.array(self.coefficients, np.float64)
        if self.n_supports:
            y = matrix_product(self.kernel(wide, rows(self.support_vectors, self.n_supports)), weights)
        else:
            y = self.kernel(wide, weights[None])[:, 0]
        y = (y + np.float64(self.rho[0] if self.rho else 0))[:, None].astype(np.float32)
        return np.where(y > 0, 1, -1).astype(np.float32) if self.one_class else transformed(y, self.post_transform)
