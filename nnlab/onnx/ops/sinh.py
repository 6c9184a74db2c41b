"""Sinh."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Sinh", since=(9, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Sinh(Unary):
    """y = sinh x

    Gradient:  dx = dy cosh x
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.sinh(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.cosh(x)
