"""Swish."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary, times


@OPERATORS.register("Swish", since=(24,))
@dataclass(frozen=True, kw_only=True, eq=False)
class Swish(Unary):
    """y = x s,  s = 1 / (1 + exp(-alpha x))

    Gradient:  dx = dy (s + alpha y (1 - s))
    """

    alpha: float = 1.0

    def f(self, x: Array) -> Any:
        """y"""
        below = 1 + np.exp(-self.alpha * x)
        return np.where(np.isinf(below), 0, x / below)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        s = 1 / (1 + np.exp(-self.alpha * x))
        return s + times(y, self.alpha * (1 - s))
