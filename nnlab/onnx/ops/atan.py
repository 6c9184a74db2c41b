"""Atan."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Atan", since=(7, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Atan(Unary):
    """y = arctan x

    Gradient:  dx = dy / (1 + x^2)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.arctan(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / (1 + x * x)
