"""Shrink."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Shrink", since=(9,))
@dataclass(frozen=True, kw_only=True, eq=False)
class Shrink(Unary):
    """y = x + bias where x < -lambd, x - bias where x > lambd, 0 between

    Gradient:  dx = dy, 0 between
    """

    bias: float = 0.0
    lambd: float = 0.5

    def f(self, x: Array) -> Any:
        """y"""
        return np.where(x < -self.lambd, x + self.bias, np.where(x > self.lambd, x - self.bias, 0))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.abs(x) > self.lambd
