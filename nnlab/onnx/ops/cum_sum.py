"""CumSum."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.unary import widened


@OPERATORS.register("CumSum", since=(11, 14))
@dataclass(frozen=True, kw_only=True, eq=False)
class CumSum(Operator):
    """y[k] = the sum of x[0] to x[k] along the axis

    Gradient:  dx = the sums of dy from the other end
    Options:  exclusive: x[k] itself is left out.  reverse: from the other end.
    """

    halves = "widened"

    exclusive: int = 0
    reverse: int = 0

    def forward(self, x: Array, axis: Array) -> Array:
        """y"""
        place = int(axis.item())
        rows = _turned(np.moveaxis(x, place, 0), self.reverse)
        y = np.cumsum(widened(rows), axis=0)
        if self.exclusive:
            y = np.concatenate([np.zeros_like(y[:1]), y[:-1]])
        return np.moveaxis(_turned(y.astype(x.dtype), self.reverse), 0, place)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, None"""
        (dy,), (_, axis) = dys, inputs
        assert dy is not None
        turned = CumSum(exclusive=self.exclusive, reverse=not self.reverse)
        return turned.forward(dy, axis), None


def _turned(rows: Array, reverse: int) -> Array:
    return rows[::-1] if reverse else rows
