"""ReduceLogSumExp."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceLogSumExp", since=(1, 11, 13, 18, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceLogSumExp(Reduction):
    """y = log(sum of exp(x)), the largest x taken out before exp so that nothing overflows

    Gradient:  dx = exp(x - y) dy
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        largest = np.max(x, axis=over, keepdims=True, initial=-np.inf)
        largest = np.where(np.isinf(largest), np.zeros_like(largest), largest)
        y: Array = np.log(self.summed(np.exp(x - largest), over)) + largest
        return y

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        share: Array = np.exp(np.where((x == y) & (y > 0), 0, x - np.where(np.isneginf(y), 0, y)).astype(x.dtype))
        return share
