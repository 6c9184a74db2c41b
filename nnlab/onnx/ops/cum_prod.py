"""CumProd."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.ops.unary import as_dtype, widened


@OPERATORS.register("CumProd", since=26)
@dataclass(frozen=True, kw_only=True, eq=False)
class CumProd(Operator):
    """y[k] = the product of x[0] to x[k] along the axis

    Gradient:  dx[k] = p[k] a[k], p[k] the product of all x before k, a[k] = dy[k] + x[k + 1] a[k + 1]: nothing is
               divided, so zeros do no harm (exclusive: a[k] = dy[k + 1] + x[k + 1] a[k + 1])
    Options:  exclusive: x[k] itself is left out.  reverse: from the other end.
    """

    halves = "widened"

    exclusive: int = 0
    reverse: int = 0

    def forward(self, x: Array, axis: Array) -> Array:
        """y"""
        place = int(axis.item())
        rows = _turned(np.moveaxis(x, place, 0), self.reverse)
        y = np.cumprod(widened(rows), axis=0)
        if self.exclusive:
            y = np.concatenate([np.ones_like(y[:1]), y[:-1]])
        return np.moveaxis(_turned(y.astype(x.dtype), self.reverse), 0, place)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx, None"""
        (dy,), (x, axis) = dys, inputs
        place = int(axis.item())
        rows, drows = (_turned(np.moveaxis(widened(a), place, 0), self.reverse) for a in (x, dy))
        before = CumProd(exclusive=1).forward(rows, np.array(0))
        after = np.zeros_like(rows)  # after[k] = sum over the i behind k of dy[i] x[k + 1] ... (what y[i] has behind k)
        if not self.exclusive:
            after[-1:] = drows[-1:]
        for k in range(len(rows) - 2, -1, -1):
            after[k] = (drows[k + 1] if self.exclusive else drows[k]) + rows[k + 1] * after[k + 1]
        dx = np.moveaxis(_turned(before * after, self.reverse), 0, place)
        return as_dtype(dx, x.dtype), None


def _turned(rows: Array, reverse: int) -> Array:
    return rows[::-1] if reverse else rows
