"""Div."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.binary import Binary, whole_divisor


@OPERATORS.register("Div", since=(7, 13, 14))
@dataclass(frozen=True, kw_only=True, eq=False)
class Div(Binary):
    """y = a / b, a and b broadcast

    Gradient:  da = dy / b;  db = -dy y / b

    Of whole numbers: cut towards zero, where NumPy rounds down; by 0 an error, where NumPy gives 0.
    """

    def f(self, a: Array, b: Array) -> Any:
        """y"""
        if a.dtype.kind in "iu":
            whole_divisor(b)
            quotient = a // b
            return quotient + ((quotient < 0) & (quotient * b != a)).astype(a.dtype)
        return a / b

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """dy/da, dy/db"""
        return 1 / b, -y / b
