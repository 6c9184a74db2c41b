"""ReduceSumSquare."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceSumSquare", since=(1, 11, 13, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceSumSquare(Reduction):
    """y = sum of x^2

    Gradient:  dx = 2 x dy
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        return self.summed(np.square(x), over)

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        slope: Array = 2 * x
        return slope
