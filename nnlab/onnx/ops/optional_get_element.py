"""OptionalGetElement."""

from dataclasses import dataclass

from nnlab.core.errors import DataError
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("OptionalGetElement", since=(15, 18, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class OptionalGetElement(Operator):
    """A value that may be missing, when it is there.

    Gradient:  dx = dy
    """

    def forward(self, x: Value) -> Value:
        """y"""
        if x is None:
            raise DataError("the value is missing")
        return x

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        return dys
