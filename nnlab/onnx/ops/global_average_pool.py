"""GlobalAveragePool."""

from dataclasses import dataclass
from math import prod

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values
from nnlab.onnx.precision import like, wide


@OPERATORS.register("GlobalAveragePool", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class GlobalAveragePool(Operator):
    """y = mean of x over all spatial axes

    Shapes:  x: (batch, channels, *size); y: (batch, channels, 1, ...)
    Gradient:  dx = dy / positions, everywhere
    """

    halves = "widened"

    def forward(self, x: Array) -> Array:
        """y"""
        return like(wide(x).mean(axis=tuple(range(2, x.ndim)), keepdims=True), x)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,), (x,) = dys, inputs
        assert dy is not None
        return (np.broadcast_to(dy / max(1, prod(x.shape[2:])), x.shape).astype(x.dtype),)
