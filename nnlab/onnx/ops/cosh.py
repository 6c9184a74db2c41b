"""Cosh."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Cosh", since=(9, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Cosh(Unary):
    """y = cosh x

    Gradient:  dx = dy sinh x
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.cosh(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.sinh(x)
