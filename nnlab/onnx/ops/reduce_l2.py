"""ReduceL2."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, is_float
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceL2", since=(1, 11, 13, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceL2(Reduction):
    """y = sqrt(sum of x^2)

    Gradient:  dx = x / y dy, and 0 where y is 0
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        return np.sqrt(self.summed(np.square(x if is_float(x) else x.astype(np.float64)), over))

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        slope: Array = x / np.where(y == 0, np.ones_like(y), y)
        return slope
