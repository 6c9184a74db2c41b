"""Add."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS
from nnlab.onnx.ops.binary import Binary


@OPERATORS.register("Add", since=(7, 13, 14))
@dataclass(frozen=True, kw_only=True, eq=False)
class Add(Binary):
    """y = a + b, a and b broadcast

    Gradient:  da = dy;  db = dy
    """

    def f(self, a: Array, b: Array) -> Any:
        """y"""
        return a + b

    def slopes(self, a: Array, b: Array, y: Array) -> tuple[Any, Any]:
        """dy/da, dy/db"""
        return 1, 1
