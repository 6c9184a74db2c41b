"""Mod."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.binary import Binary, whole_divisor


@OPERATORS.register("Mod", since=(10, 13, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Mod(Binary):
    """y = a - q b,  q = a / b rounded down (fmod: towards zero), a and b broadcast

    Gradient:  da = dy;  db = -dy q

    Options:  fmod: y has the sign of a; otherwise that of b.
    """

    fmod: int = 0

    def f(self, a: Array, b: Array) -> Any:
        """y"""
        if a.dtype.kind in "iu":
            whole_divisor(b)
        return np.fmod(a, b) if self.fmod else np.mod(a, b)

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """dy/da, dy/db"""
        return 1, -np.trunc(a / b) if self.fmod else -np.floor(a / b)
