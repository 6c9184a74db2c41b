"""Shape."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("Shape", since=(1, 13, 15, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Shape(Operator):
    """y = the sizes of x's axes, from axis `start` to before axis `end`; negative ones count from the end"""

    halves = "moved"

    start: int = 0
    end: int | None = None

    def forward(self, x: Array) -> Array:
        """y"""
        return np.array(x.shape[self.start : self.end], np.int64)
