"""ArgMin."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("ArgMin", since=(1, 11, 12, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class ArgMin(Operator):
    """Where along an axis the smallest entry is; of equal ones the first, or the last.

    Shapes:  y: x's with 1 for the axis (or without it), int64
    """

    halves = "moved"

    axis: int = 0
    keepdims: int = 1
    select_last_index: int = 0

    def forward(self, x: Array) -> Array:
        """y"""
        if self.select_last_index:
            last = x.shape[self.axis] - 1
            return np.asarray(last - np.argmin(np.flip(x, self.axis), self.axis, keepdims=bool(self.keepdims)))
        return np.asarray(np.argmin(x, self.axis, keepdims=bool(self.keepdims)))
