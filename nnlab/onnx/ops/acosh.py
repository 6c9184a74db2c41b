"""Acosh."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Acosh", since=(9, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Acosh(Unary):
    """y = arcosh x

    Gradient:  dx = dy / sqrt(x^2 - 1)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.arccosh(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / (np.sqrt(x - 1) * np.sqrt(x + 1))
