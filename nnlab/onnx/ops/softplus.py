"""Softplus."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Softplus", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Softplus(Unary):
    """y = log(1 + exp x)

    Gradient:  dx = dy / (1 + exp(-x))
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.logaddexp(x, 0)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / (1 + np.exp(-x))
