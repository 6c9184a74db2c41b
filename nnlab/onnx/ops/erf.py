"""Erf."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.kernels.erf import erf
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Erf", since=(9, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Erf(Unary):
    """y = erf x, the error function

    Gradient:  dx = dy 2 / sqrt(pi) exp(-x^2)
    """

    def f(self, x: Array) -> Any:
        """y"""
        return erf(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 2 / math.sqrt(math.pi) * np.exp(-x * x)
