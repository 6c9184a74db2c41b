"""Log."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.unary import Unary


@OPERATORS.register("Log", since=(6, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Log(Unary):
    """y = log x

    Gradient:  dx = dy / x
    """

    def f(self, x: Array) -> Any:
        """y"""
        return np.log(x)

    def derivative(self, x: Array, y: Array) -> Any:
        """f'(x)"""
        return 1 / x
