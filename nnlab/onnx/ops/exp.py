"""Exp."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Exp", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Exp(Unary):
    """y = exp x

    Gradient:  dx = dy y
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.exp(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return y
