"""ReduceMin."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.reduction import Extreme


@OPERATORS.register("ReduceMin", since=(1, 11, 12, 13, 18, 20))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReduceMin(Extreme):
    """y = the smallest x; of booleans whether all are true

    Gradient:  dx = dy where x = y, in equal parts to equal ones
    """

    def reduce(self, x: Array, over: tuple[int, ...]) -> Array:
        """y"""
        bound = self.bound(x.dtype, lowest=False)
        return np.asarray(np.minimum.reduce(x, axis=over, keepdims=True, initial=bound))
