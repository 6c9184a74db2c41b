"""Normalizer of ai.onnx.ml."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.errors import DataError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator
from nnlab.onnx.ops.post_transform import ML


@OPERATORS.register("Normalizer", since=1, domain=ML)
@dataclass(frozen=True, kw_only=True, eq=False)
class Normalizer(Operator):
    """y = x / norm of each row, as float32; rows whose norm is 0 stay as they are

    Shapes:  x, y: (batch, features) or (features,)
    Options:  norm: MAX (the largest, with its sign), L1 (the sum of |x|) or L2 (the root of the sum of x^2).
    """

    norm: str = "MAX"

    def forward(self, x: Array) -> Array:
        """y"""
        wide = x.astype(np.float32)
        if self.norm == "MAX":
            size = wide.max(axis=-1, keepdims=True, initial=-np.inf)
        elif self.norm in {"L1", "L2"}:
            size = np.linalg.norm(wide, ord=int(self.norm[1]), axis=-1, keepdims=True)
        else:
            raise DataError(f"norm {self.norm!r} is none of MAX, L1, L2")
        y: Array = np.divide(wide, size, out=wide.copy(), where=size != 0)
        return y
