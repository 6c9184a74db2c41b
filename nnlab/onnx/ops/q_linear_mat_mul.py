"""QLinearMatMul."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.conv_integer import centred
from nnlab.onnx.ops.q_linear_conv import requantized


@OPERATORS.register("QLinearMatMul", since=(10, 21))
@dataclass(frozen=True, kw_only=True, eq=False)
class QLinearMatMul(Operator):
    """y = round((a - a_zero) (b - b_zero) a_scale b_scale / y_scale) + y_zero, kept within y's type

    Shapes:  as in MatMul; scales and zero points: (), those of a also one per row, those of b also one per column
    """

    weights_at = 3

    def forward(self, a: Array, a_scale: Array, a_zero: Array, b: Array, *more: Array) -> Array:
        """y, of y_zero's type"""
        b_scale, b_zero, y_scale, y_zero = more
        rows = a_scale[:, None] if a_scale.ndim == 1 and a_scale.size > 1 else a_scale
        exact = np.asarray(matrix_product(centred(a, a_zero, -2), centred(b, b_zero, -1)))
        return requantized(exact, rows * b_scale / y_scale, y_zero)
