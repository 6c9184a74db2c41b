"""Round."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Round", since=(11, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Round(Unary):
    """y = the nearest whole number, of two equally near ones the even

    Gradient:  dx = 0
    """

    in_steps = True

    def f(self, x: Array) -> Any:
        """y"""
        return np.rint(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 0
