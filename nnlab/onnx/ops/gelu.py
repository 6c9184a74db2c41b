"""Gelu."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.erf import erf
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary, times

CUBIC = 0.044715
FAR = 64
"""Beyond it p is 0 or 1 to the last digit, and its slope 0: no square overflows on the way to that."""


@OPERATORS.register("Gelu", since=20)
@dataclass(frozen=True, kw_only=True, eq=False)
class Gelu(Unary):
    """y = x p,  p = (1 + erf(x / sqrt(2))) / 2, the share of the normal distribution that lies below x

    Gradient:  dx = dy (p + x n),  n = exp(-x^2 / 2) / sqrt(2 pi)
    Options:  approximate: "tanh" takes p = (1 + tanh u) / 2,  u = sqrt(2 / pi) (x + 0.044715 x^3), and its gradient.
    Source:  Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """

    approximate: str = "none"

    def f(self, x: Array) -> Any:
        """y"""
        return times(x, self._share(x))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        share = self._share(x)
        if self.approximate == "tanh":
            near = np.clip(x, -FAR, FAR)
            slope = 2 * share * (1 - share) * math.sqrt(2 / math.pi) * (1 + 3 * CUBIC * near * near)
        else:
            slope = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        return share + times(x, slope)

    def _share(self, x: Array) -> Any:
        if self.approximate == "tanh":
            return (1 + np.tanh(math.sqrt(2 / math.pi) * (x + CUBIC * x * x * x))) / 2
        return (1 + erf(x / math.sqrt(2))) / 2
