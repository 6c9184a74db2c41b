"""MatMul."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.product import matrix_product
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, reduced_to
from nnlab.onnx.ops.sizes import products
from nnlab.onnx.precision import like, wide


@OPERATORS.register("MatMul", since=(1, 9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class MatMul(Operator):
    """y = a b, over the last two axes; the others are broadcast

    Shapes:  a: (..., rows, inner) or (inner,); b: (..., inner, columns) or (inner,); y without the axes of vectors
    Gradient:  da = dy bT;  db = aT dy, summed over what was broadcast
    """

    weighted = True
    weights_at = 1
    halves = "widened"
    most_elements = products

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        return np.asarray(matrix_product(wide(a), wide(b))).astype(a.dtype, copy=False)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """da and db"""
        dy, a, b = wide(dys[0]), wide(inputs[0]), wide(inputs[1])
        rows = a[None, :] if a.ndim == 1 else a
        columns = b[:, None] if b.ndim == 1 else b
        if b.ndim == 1:
            dy = dy[..., None]
        if a.ndim == 1:
            dy = dy[..., None, :]
        da = reduced_to(matrix_product(dy, columns.swapaxes(-1, -2)), rows.shape)
        db = reduced_to(matrix_product(rows.swapaxes(-1, -2), dy), columns.shape)
        return like(da.reshape(a.shape), inputs[0]), like(db.reshape(b.shape), inputs[1])
