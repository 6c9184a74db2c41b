"""Mish."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary, times


@OPERATORS.register("Mish", since=(18, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Mish(Unary):
    """y = x t,  t = tanh(log(1 + exp x))

    Gradient:  dx = dy (t + x (1 - t^2) / (1 + exp(-x)))
    """

    def f(self, x: Array) -> Any:
        """y"""
        return times(x, np.tanh(np.logaddexp(x, 0)))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        t = np.tanh(np.logaddexp(x, 0))
        return t + times(x, (1 - t * t) / (1 + np.exp(-x)))
