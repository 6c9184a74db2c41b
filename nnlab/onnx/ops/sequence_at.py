"""SequenceAt."""

from dataclasses import dataclass

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("SequenceAt", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceAt(Operator):
    """The item at a place of a sequence; negative places count from the end.

    Gradient:  dsequence has dy for this item, none for the others
    """

    def forward(self, sequence: list[Value], position: Array) -> Value:
        """y"""
        return sequence[int(position.item())]

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dsequence, a list"""
        sequence, position = inputs
        found: Value = [None] * len(sequence)
        found[int(position.item())] = dys[0]
        return (found, None)
