"""Det."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.kernels.threads import one_blas_thread
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.unary import as_dtype, widened


@OPERATORS.register("Det", since=(11, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Det(Operator):
    """y = the determinant of each matrix

    Shapes:  x: (..., n, n); y: (...)
    Gradient:  dx = dy times the cofactors of x: of x = U S VT they are det(U VT) U C VT, where C has on its diagonal
               the product of all singular values but one; x need not be invertible
    """

    halves = "widened"

    def forward(self, x: Array) -> Array:
        """y"""
        with one_blas_thread():
            return as_dtype(np.linalg.det(widened(x)), x.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        with one_blas_thread():
            u, s, vt = np.linalg.svd(widened(x))
            sign = np.linalg.det(u) * np.linalg.det(vt)
        n = s.shape[-1]
        others = np.where(np.eye(n, dtype=bool), 1, s[..., None, :]).prod(axis=-1)
        cofactors = matrix_product(sign[..., None, None] * (u * others[..., None, :]), vt)
        return (as_dtype(widened(dy)[..., None, None] * cofactors, x.dtype),)
