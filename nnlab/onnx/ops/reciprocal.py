"""Reciprocal."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Reciprocal", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Reciprocal(Unary):
    """y = 1 / x

    Gradient:  dx = -dy y^2
    """

    def f(self, x: Array) -> Any:
        """y"""
        return 1 / x

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return -y * y
