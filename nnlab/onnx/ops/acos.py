"""Acos."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Acos", since=(7, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Acos(Unary):
    """y = arccos x

    Gradient:  dx = -dy / sqrt(1 - x^2)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.arccos(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return -1 / np.sqrt(1 - x * x)
