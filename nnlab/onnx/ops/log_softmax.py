"""LogSoftmax."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.softmax import softmax_and_log
from nnlab.onnx.ops.along_axis import AlongAxis
from nnlab.onnx.ops.base import OPERATORS, Gradients, Values
from nnlab.onnx.ops.unary import as_dtype, widened


@OPERATORS.register("LogSoftmax", since=(1, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class LogSoftmax(AlongAxis):
    """y = x - log(sum(exp x)), the sum along the axis

    Gradient:  dx = dy - exp(y) sum(dy)
    """

    def forward(self, x: Array) -> Array:
        """y"""
        if not x.size:
            return x.copy()
        wide = self.rows(widened(x))
        _, rows = softmax_and_log(wide, np.empty_like(wide), np.empty_like(wide))
        return as_dtype(self.placed(rows, x), x.dtype)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        if not x.size:
            return (dy,)
        dy, y = self.rows(widened(dy)), self.rows(widened(outputs[0]))
        dx = self.held(dy - np.exp(y) * np.sum(dy, axis=-1, keepdims=True), dy)
        return (as_dtype(self.placed(dx, x), x.dtype),)
