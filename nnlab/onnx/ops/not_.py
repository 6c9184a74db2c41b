"""Not."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("Not", since=1)
@dataclass(frozen=True, kw_only=True, eq=False)
class Not(Operator):
    """y = not x"""

    def forward(self, x: Array) -> Array:
        """y"""
        return np.asarray(np.logical_not(x))
