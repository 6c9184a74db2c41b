"""Atanh."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Atanh", since=(9, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Atanh(Unary):
    """y = artanh x

    Gradient:  dx = dy / (1 - x^2)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.arctanh(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / ((1 - x) * (1 + x))
