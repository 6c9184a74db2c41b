"""Neg."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Neg", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Neg(Unary):
    """y = -x

    Gradient:  dx = -dy
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.negative(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return -1
