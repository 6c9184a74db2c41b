"""Abs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Abs", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Abs(Unary):
    """y = |x|

    Gradient:  dx = dy sign x
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.abs(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.sign(x)
