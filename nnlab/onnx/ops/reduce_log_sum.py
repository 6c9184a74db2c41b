"""ReduceLogSum."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceLogSum", since=(1, 11, 13, 18, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceLogSum(Reduction):
    """y = log(sum of x)

    Gradient:  dx = dy / sum of x
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        return np.log(self.summed(x, over))

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        return np.exp(-y)
