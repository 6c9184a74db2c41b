"""Where."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values, is_float, reduced_to
from nnlab.onnx.ops.sizes import stretched


@OPERATORS.register("Where", since=(9, 16))
@dataclass(frozen=True, kw_only=True, eq=False)
class Where(Operator):
    """y = a where the condition holds, b elsewhere; all three broadcast

    Gradient:  da = dy where the condition holds, else 0;  db = the rest of dy
    """

    halves = "moved"
    most_elements = stretched

    def forward(self, condition: Array, a: Array, b: Array) -> Array:
        """y"""
        return np.where(condition, a, b)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """da, db"""
        (dy,), (condition, a, b) = dys, inputs
        if dy is None or not is_float(a):
            return None, None, None
        zero = np.zeros((), dy.dtype)
        return (
            None,
            reduced_to(np.where(condition, dy, zero), a.shape),
            reduced_to(np.where(condition, zero, dy), b.shape),
        )
