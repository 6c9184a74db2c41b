"""Ceil."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Ceil", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Ceil(Unary):
    """y = the next whole number from x up

    Gradient:  dx = 0
    """

    in_steps = True

    def f(self, x: Array) -> Any:
        """y"""
        return np.ceil(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 0
