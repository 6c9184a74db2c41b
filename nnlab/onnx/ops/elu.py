"""Elu."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Elu", since=(6, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Elu(Unary):
    """y = x where x > 0, alpha (exp x - 1) otherwise

    Gradient:  dx = dy, dy (y + alpha) where x <= 0
    """

    alpha: float = 1.0

    def f(self, x: Array) -> Any:
        """y"""
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.where(x > 0, 1, y + self.alpha)
