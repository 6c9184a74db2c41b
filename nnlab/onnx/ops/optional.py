"""Optional."""

from dataclasses import dataclass
from typing import Any

from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("Optional", since=(15, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class Optional(Operator):
    """A value that may be missing: the input, or None where there is none.

    Gradient:  dx = dy
    """

    type: Any = None

    def forward(self, x: Value = None) -> Value:
        """y"""
        return x

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        return dys
