"""Sum."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.variadic import Variadic


@OPERATORS.register("Sum", since=(6, 8, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Sum(Variadic):
    """y = x1 + x2 + ..., all of them broadcast

    Gradient:  dx = dy
    """

    def f(self, xs: list[Array]) -> Any:
        """y"""
        return functools.reduce(np.add, xs)

    def slopes(self, xs: list[Array], y: Array) -> list[Any]:
        """dy/dx of each x"""
        return [1 for _ in xs]
