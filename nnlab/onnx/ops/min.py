"""Min."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.variadic import Variadic


@OPERATORS.register("Min", since=(6, 8, 12, 13))
@dataclass(frozen=True, kw_only=True, eq=False)
class Min(Variadic):
    """y = the smallest of x1, x2, ..., all of them broadcast

    Gradient:  dx = dy where x is the one taken, in equal parts where several are
    """

    def f(self, xs: list[Array]) -> Any:
        """y"""
        return functools.reduce(np.minimum, xs)

    def slopes(self, xs: list[Array], y: Array) -> list[Any]:
        """dy/dx of each x"""
        taken = [x == y for x in xs]
        shares = sum(np.asarray(mine, y.dtype) for mine in taken)
        return [mine / shares for mine in taken]
