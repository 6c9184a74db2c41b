"""ReduceSum."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceSum", since=(1, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceSum(Reduction):
    """y = sum of x

    Gradient:  dx = dy for every value
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        return self.summed(x, over)

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        return np.ones((), x.dtype)
