"""What SVMClassifier and SVMRegressor share: the kernel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import Operator


@dataclass(frozen=True, kw_only=True, eq=False)
class Svm(Operator):
    """A support vector machine.

    Options:  kernel_type: LINEAR x y^T;  POLY (gamma x y^T + c)^degree;  RBF exp(-gamma |x - y|^2);
              SIGMOID tanh(gamma x y^T + c).  kernel_params: gamma, c, degree.
              support_vectors: row by row.  post_transform: what is done to the scores.
    Source:  Cortes and Vapnik, "Support-vector networks", 1995.
    """

    coefficients: tuple[float, ...] = ()
    kernel_params: tuple[float, ...] = ()
    kernel_type: str = "LINEAR"
    post_transform: str = "NONE"
    rho: tuple[float, ...] = ()
    support_vectors: tuple[float, ...] = ()

    def kernel(self, x: Array, others: Array) -> Array:
        """The kernel of each row of x with each of the others."""
        gamma, c, degree = (*self.kernel_params, 0.0, 0.0, 0.0)[:3]
        products: Array = matrix_product(x, others.T)
        if self.kernel_type == "RBF":
            squares = np.square(x).sum(axis=1)[:, None] + np.square(others).sum(axis=1) - 2 * products
            return np.asarray(np.exp(-gamma * np.maximum(squares, 0)))
        if self.kernel_type == "LINEAR":
            return products
        if self.kernel_type == "POLY":
            return np.asarray((gamma * products + c) ** degree)
        if self.kernel_type == "SIGMOID":
            return np.asarray(np.tanh(gamma * products + c))
        raise DataError(f"kernel_type {self.kernel_type!r} is none of LINEAR, POLY, RBF, SIGMOID")


def rows(numbers: Sequence[float], count: int) -> Array:
    """Numbers as so many rows."""
    return np.array(numbers, np.float64).reshape(count, -1)
