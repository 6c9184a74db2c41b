"""BitShift."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.sizes import stretched


@OPERATORS.register("BitShift", since=(11, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class BitShift(Operator):
    """y = a moved by b bits, a and b broadcast

    To the right, the sign of a signed number fills up. Moved by a negative number of bits or by all of them and more,
    only that filling is left: 0, or -1 for what is negative and goes right.

    Options:  direction: "LEFT" or "RIGHT".
    """

    most_elements = stretched

    direction: str

    def forward(self, a: Array, b: Array) -> Array:
        """y"""
        if self.direction not in {"LEFT", "RIGHT"}:
            raise DataError(f"BitShift goes LEFT or RIGHT, not {self.direction}")
        gone = (b < 0) | (b >= a.dtype.itemsize * 8)
        by = np.where(gone, 0, b).astype(a.dtype)
        if self.direction == "LEFT":
            return np.where(gone, 0, np.left_shift(a, by)).astype(a.dtype, copy=False)
        return np.where(gone, np.where(a < 0, -1, 0).astype(a.dtype), np.right_shift(a, by))
