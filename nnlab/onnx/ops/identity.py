"""Identity."""

from dataclasses import dataclass

from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("Identity", since=(1, 13, 14, 16, 19, 21, 23, 24, 25))
@dataclass(frozen=True, kw_only=True, eq=False)
class Identity(Operator):
    """y = x, whatever it is

    Gradient:  dx = dy
    """

    halves = "moved"

    def forward(self, x: Value) -> Value:
        """y"""
        return x

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        return dys
