"""Mean."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.variadic import Variadic


@OPERATORS.register("Mean", since=(6, 8, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Mean(Variadic):
    """y = (x1 + ... + xn) / n, all of them broadcast

    Gradient:  dx = dy / n
    """

    def f(self, xs: list[Array]) -> Any:
        """y"""
        return functools.reduce(np.add, xs) / len(xs)

    def slopes(self, xs: list[Array], y: Array) -> list[Any]:
        """dy/dx of each x"""
        return [1 / len(xs) for _ in xs]
