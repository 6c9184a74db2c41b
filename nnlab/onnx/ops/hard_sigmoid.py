"""HardSigmoid."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("HardSigmoid", since=(6, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class HardSigmoid(Unary):
    """y = alpha x + beta, held between 0 and 1

    Gradient:  dx = dy alpha where 0 < y < 1, else 0
    """

    alpha: float = 0.2
    beta: float = 0.5

    def f(self, x: Array) -> Any:
        """y"""
        return np.clip(self.alpha * x + self.beta, 0, 1)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return self.alpha * ((y > 0) & (y < 1))
