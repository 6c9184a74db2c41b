"""Size."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator


@OPERATORS.register("Size", since=(1, 13, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Size(Operator):
    """y = how many elements x has"""

    halves = "moved"

    def forward(self, x: Array) -> Array:
        """y"""
        return np.array(math.prod(x.shape), np.int64)
