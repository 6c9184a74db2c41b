"""Relu."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("Relu", since=(6, 13, 14))
@dataclass(frozen=True, kw_only=True, eq=False)
class Relu(Operator):
    """y = max(x, 0)

    Gradient:  dx = dy where y > 0, else 0
    """

    def forward(self, x: Array) -> Array:
        """y"""
        return np.maximum(x, np.zeros((), x.dtype))

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (y,) = dys, outputs
        return (dy * (y > 0),)
