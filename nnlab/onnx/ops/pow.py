"""Pow."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.binary import Binary


@OPERATORS.register("Pow", since=(7, 12, 13, 15))
@dataclass(frozen=True, kw_only=True, eq=False)
class Pow(Binary):
    """y = a^b, of a's dtype, a and b broadcast

    Gradient:  da = dy b a^(b - 1);  db = dy y log a, and 0 where a is 0
    """

    def f(self, a: Array, b: Array) -> Any:
        """y"""
        if a.dtype.kind in "iu" and b.dtype.kind in "iu" and np.all(b >= 0):
            return np.power(a, b.astype(a.dtype))  # exact, where float64 has 53 bits
        return np.power(a.astype(np.float64) if a.dtype.kind in "iu" else a, b)

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """dy/da, dy/db"""
        return np.where(b == 0, 0, b * np.power(a, b - 1)), np.where(a == 0, 0, y * np.log(a))
