"""Softmax."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax
from nnlab.onnx.ops.along_axis import AlongAxis
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.unary import as_dtype, widened
from nnlab.onnx.precision import is_half


@OPERATORS.register("Softmax", since=(1, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Softmax(AlongAxis):
    """y = exp x / sum(exp x), the sum along the axis

    Gradient:  dx = y (dy - sum(y dy))
    """

    def forward(self, x: Array) -> Array:
        """y"""
        if not x.size:
            return x.copy()
        rows = softmax(self.rows(widened(x)))
        return as_dtype(self.placed(rows, x), x.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        if not x.size:
            return (dy,)
        dy = self.rows(widened(dy))
        y = softmax(self.rows(widened(x))) if is_half(x) else self.rows(outputs[0])  # not rounded
        dx = self.held(y * (dy - np.sum(y * dy, axis=-1, keepdims=True)), dy)
        return (as_dtype(self.placed(dx, x), x.dtype),)
