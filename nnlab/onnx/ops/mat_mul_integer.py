"""MatMulInteger."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.conv_integer import centred
from nnlab.onnx.ops.sizes import products


@OPERATORS.register("MatMulInteger", since=10)
@dataclass(frozen=True, kw_only=True, eq=False)
class MatMulInteger(Operator):
    """y = (a - a_zero_point) (b - b_zero_point) in whole numbers

    Shapes:  as in MatMul; a_zero_point: () or one per row; b_zero_point: () or one per column
    """

    weights_at = 1
    computes_in = 8
    most_elements = products

    def forward(self, a: Array, b: Array, a_zero: Array | None = None, b_zero: Array | None = None) -> Array:
        """y, int32"""
        y = matrix_product(centred(a, a_zero, -2), centred(b, b_zero, -1))
        return np.asarray(y).astype(np.int64).astype(np.int32)
