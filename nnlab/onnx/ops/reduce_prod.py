"""ReduceProd."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Reduction


@OPERATORS.register("ReduceProd", since=(1, 11, 13, 18))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceProd(Reduction):
    """y = product of x

    Gradient:  dx = dy times the product of all the others: y / x where no x is 0; with one 0 only that one has a
               gradient, with several none has
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        return np.asarray(np.prod(x, axis=over, keepdims=True))

    def slope(self, x: Array, y: Array, over: tuple[int, ...]) -> Array:
        """dy/dx"""
        zero = x == 0
        zeros = zero.sum(axis=over, keepdims=True)
        rest = np.prod(np.where(zero, np.ones_like(x), x), axis=over, keepdims=True)
        slope: Array = np.where(zero, rest, y / np.where(zero, np.ones_like(x), x))
        return np.where(zeros - zero > 0, np.zeros_like(x), slope)
