"""ReduceL1."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceL1", since=(1, 11, 13, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceL1(Reduction):
    """y = sum of |x|

    Gradient:  dx = sign(x) dy
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        return self.summed(np.abs(x), over)

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        return np.sign(x)
