"""Celu."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Celu", since=(12, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Celu(Unary):
    """y = x where x > 0, alpha (exp(x / alpha) - 1) otherwise

    Gradient:  dx = dy, dy exp(x / alpha) where x <= 0
    """

    alpha: float = 1.0

    def f(self, x: Array) -> Any:
        """y"""
        return np.maximum(x, 0) + np.minimum(0, self.alpha * np.expm1(x / self.alpha))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.where(x > 0, 1, np.exp(np.minimum(x, 0) / self.alpha))
