"""ReduceMean."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import (
    OPERATORS,
    is_float,
)
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceMean", since=(1, 11, 13, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceMean(Reduction):
    """y = sum of x / n, of n values each

    Gradient:  dx = dy / n
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        count = math.prod(x.shape[axis] for axis in over)
        mean: Array = self.summed(x, over) / np.asarray(count, x.dtype if is_float(x) else np.float64)
        return mean

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        return np.asarray(1 / max(1, math.prod(x.shape[axis] for axis in over)), x.dtype)
