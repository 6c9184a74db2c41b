"""LeakyRelu."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("LeakyRelu", since=(6, 16))
@dataclass(frozen=True, kw_only=True, eq=False)
class LeakyRelu(Unary):
    """y = x where x >= 0, alpha x otherwise

    Gradient:  dx = dy, alpha dy where x < 0
    """

    alpha: float = 0.01

    def f(self, x: Array) -> Any:
        """y"""
        return np.maximum(x, 0) + self.alpha * np.minimum(x, 0)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return np.where(x >= 0, x.dtype.type(1), x.dtype.type(self.alpha))
