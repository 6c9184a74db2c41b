"""NonZero."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("NonZero", since=(9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class NonZero(Operator):
    """The places of all entries that are not zero, row by row.

    Shapes:  y: (rank of x, how many), int64
    """

    def forward(self, x: Array) -> Array:
        """y"""
        return np.ascontiguousarray(np.argwhere(x).T)
