"""IsInf."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("IsInf", since=(10, 20))
@dataclass(frozen=True, kw_only=True, eq=False)
class IsInf(Operator):
    """y = whether x is infinite, of a sign that is asked for"""

    detect_negative: int = 1
    detect_positive: int = 1

    def forward(self, x: Array) -> Array:
        """y"""
        return np.asarray((x == np.inf) & bool(self.detect_positive) | (x == -np.inf) & bool(self.detect_negative))
