"""GlobalLpPool."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("GlobalLpPool", since=(1, 2, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class GlobalLpPool(Operator):
    """y = (sum of |x|^p over all spatial axes)^(1/p)

    Shapes:  x: (batch, channels, *size); y: (batch, channels, 1, ...)
    Gradient:  dx = dy sign(x) (|x| / y)^(p-1); 0 where y is 0
    """

    halves = "widened"

    p: int = 2

    def forward(self, x: Array) -> Array:
        """y"""
        summed = (np.abs(wide(x)) ** self.p).sum(axis=tuple(range(2, x.ndim)), keepdims=True)
        return like(summed ** (1 / self.p), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        dy, x, y = wide(dys[0]), wide(inputs[0]), wide(outputs[0])
        ratio = np.abs(x) / np.where(y > 0, y, 1)
        return (like(dy * np.sign(x) * ratio ** (self.p - 1), inputs[0]),)
