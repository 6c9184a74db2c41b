"""Selu."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Selu", since=(6, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Selu(Unary):
    """y = gamma x where x > 0, gamma alpha (exp x - 1) otherwise

    Gradient:  dx = dy gamma, dy (y + gamma alpha) where x <= 0
    """

    alpha: float = 1.67326319217681884765625
    gamma: float = 1.05070102214813232421875

    def f(self, x: Array) -> Any:
        """y"""
        return self.gamma * np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.where(x > 0, self.gamma, y + self.gamma * self.alpha)
