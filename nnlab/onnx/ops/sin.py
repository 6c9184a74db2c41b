"""Sin."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Sin", since=(7, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Sin(Unary):
    """y = sin x

    Gradient:  dx = dy cos x
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.sin(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.cos(x)
