"""Tanh."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Tanh", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Tanh(Unary):
    """y = tanh x

    Gradient:  dx = dy (1 - y^2)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.tanh(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 - y * y
