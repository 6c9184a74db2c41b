"""Hardmax."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.along_axis import AlongAxis
from nnlab.onnx.ops.base import OPERATORS


@OPERATORS.register("Hardmax", since=(1, 11, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Hardmax(AlongAxis):
    """y = 1 at the first largest x along the axis, 0 elsewhere"""

    def forward(self, x: Array) -> Array:
        """y"""
        if not x.size:
            return x.copy()
        rows = self.rows(x)
        y = np.zeros(rows.shape, x.dtype)
        np.put_along_axis(y, np.argmax(rows, axis=-1, keepdims=True), 1, axis=-1)
        return self.placed(y, x)
