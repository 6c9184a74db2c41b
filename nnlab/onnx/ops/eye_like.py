"""EyeLike."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.file.tensors import dtype_of
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("EyeLike", since=(9, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class EyeLike(Operator):
    """y = 1 on a diagonal, 0 elsewhere

    Shapes:  x, y: (rows, columns)
    Gradient:  none: only x's shape is read
    Options:  dtype: ONNX's number of y's type; None: x's.  k: the diagonal, above the main one where positive.
    """

    dtype: int | None = None
    k: int = 0

    def forward(self, x: Array) -> Array:
        """y"""
        if x.ndim != 2:
            raise DataError(f"EyeLike takes a matrix and got an array of shape {x.shape}")
        rows, columns = x.shape
        y: Array = np.eye(rows, columns, k=self.k).astype(x.dtype if self.dtype is None else dtype_of(self.dtype))
        return y

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """None"""
        return (None,)
