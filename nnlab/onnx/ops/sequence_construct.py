"""SequenceConstruct."""

from dataclasses import dataclass

from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("SequenceConstruct", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceConstruct(Operator):
    """A sequence of the inputs.

    Gradient:  each input's is its item of dy
    """

    def forward(self, *xs: Value) -> Value:
        """y, a list"""
        return list(xs)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """One gradient an input."""
        return tuple(dys[0]) if dys[0] is not None else (None,) * len(inputs)
