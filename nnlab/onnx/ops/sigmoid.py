"""Sigmoid."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Sigmoid", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Sigmoid(Unary):
    """y = 1 / (1 + exp(-x))

    Gradient:  dx = dy y (1 - y)

    Where exp(-x) overflows, y is 0 as it should be.
    """

    def f(self, x: Array) -> Any:
        """y"""
        y = np.asarray(-x)
        np.exp(y, out=y)
        y += 1
        return np.divide(1, y, out=y)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return y * (1 - y)
