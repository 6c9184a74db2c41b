"""Sign."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Sign", since=(9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Sign(Unary):
    """y = -1, 0 or 1, as x is negative, zero or positive

    Gradient:  dx = 0
    """

    in_steps = True

    def f(self, x: Array) -> Any:
        """y"""
        return np.sign(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 0
