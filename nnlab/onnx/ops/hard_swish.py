"""HardSwish."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary, times


@OPERATORS.register("HardSwish", since=(14, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class HardSwish(Unary):
    """y = x h,  h = x / 6 + 1/2 held between 0 and 1

    Gradient:  dx = dy (h + x / 6 where 0 < h < 1)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return times(x, np.clip(x / 6 + 0.5, 0, 1))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.where(np.abs(x) < 3, x / 3 + 0.5, x >= 3)
