"""Softsign."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Softsign", since=(1, 22))
@dataclass(frozen=True, kw_only=True, eq=False)
class Softsign(Unary):
    """y = x / (1 + |x|)

    Gradient:  dx = dy / (1 + |x|)^2
    """

    def f(self, x: Array) -> Any:
        """y"""
        most = np.finfo(x.dtype).max
        finite = np.clip(x, -most, most)
        return finite / (1 + np.abs(finite))

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / np.square(1 + np.abs(x))
