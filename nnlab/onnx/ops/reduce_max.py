"""ReduceMax."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Extreme


@OPERATORS.register("ReduceMax", since=(1, 11, 12, 13, 18, 20))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceMax(Extreme):
    """y = the largest x; of booleans whether any is true

    Gradient:  dx = dy where x = y, in equal parts to equal ones
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        bound = self.bound(x.dtype, lowest=True)
        return np.asarray(np.maximum.reduce(x, axis=over, keepdims=True, initial=bound))
