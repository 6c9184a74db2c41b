"""BitwiseNot."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("BitwiseNot", since=18)
@dataclass(frozen=True, kw_only=True, eq=False)
class BitwiseNot(Operator):
    """y = ~x, every bit turned over"""

    def forward(self, x: Array) -> Array:
        """y"""
        return np.asarray(np.bitwise_not(x))
