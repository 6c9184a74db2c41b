"""IsNaN."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("IsNaN", since=(9, 13, 20))
@dataclass(frozen=True, kw_only=True, eq=False)
class IsNaN(Operator):
    """y = whether x is not a number"""

    def forward(self, x: Array) -> Array:
        """y"""
        return np.asarray(np.isnan(x))
