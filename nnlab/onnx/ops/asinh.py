"""Asinh."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Asinh", since=(9, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Asinh(Unary):
    """y = arsinh x

    Gradient:  dx = dy / sqrt(x^2 + 1)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.arcsinh(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / np.hypot(x, 1)
