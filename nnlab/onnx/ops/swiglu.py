"""SwiGLU."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.binary import Binary
from nnlab.onnx.ops.unary import times


@OPERATORS.register("SwiGLU", since=28)
@dataclass(frozen=True, kw_only=True, eq=False)
class SwiGLU(Binary):
    """y = a s b,  s = 1 / (1 + exp(-alpha a))

    Shapes:  a, b, y: any, and the same; nothing is broadcast
    Gradient:  da = dy b s (1 + alpha a (1 - s));  db = dy a s
    Source:  Shazeer, "GLU Variants Improve Transformer", 2020.
    """

    alpha: float = 1.0

    def f(self, a: Array, b: Array) -> Any:
        """y"""
        if a.shape != b.shape:
            raise DataError(f"SwiGLU takes two arrays of one shape, and got {a.shape} and {b.shape}")
        below = 1 + np.exp(-self.alpha * a)
        return np.where(np.isinf(below), 0, a / below) * b

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """dy/da, dy/db"""
        s = 1 / (1 + np.exp(-self.alpha * a))
        return b * (s + times(times(a, s), self.alpha * (1 - s))), times(a, s)
