"""Mul."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.binary import Binary


@OPERATORS.register("Mul", since=(7, 13, 14))
@dataclass(frozen=True, kw_only=True, eq=False)
class Mul(Binary):
    """y = a b, a and b broadcast

    Gradient:  da = dy b;  db = dy a
    """

    def f(self, a: Array, b: Array) -> Any:
        """y"""
        return a * b

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """dy/da, dy/db"""
        return b, a
