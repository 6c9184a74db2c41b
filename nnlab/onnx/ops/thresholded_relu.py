"""ThresholdedRelu."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("ThresholdedRelu", since=(10, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class ThresholdedRelu(Unary):
    """y = x where x > alpha, 0 otherwise

    Gradient:  dx = dy where x > alpha, 0 otherwise
    """

    alpha: float = 1.0

    def f(self, x: Array) -> Any:
        """y"""
        return np.where(x > self.alpha, x, 0)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return x > self.alpha
