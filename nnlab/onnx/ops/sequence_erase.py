"""SequenceErase."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("SequenceErase", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceErase(Operator):
    """A sequence without the item at `position` (without the last, where none is given).

    Gradient:  dsequence = dy with none for that item
    """

    def forward(self, sequence: list[Value], position: Array | None = None) -> Value:
        """y, a list"""
        place = self.place(len(sequence), position)
        return [*sequence[:place], *sequence[place + 1 :]]

    def place(self, length: int, position: Any) -> int:
        """The item's place, counted from 0. Raises UsageError: when there is none."""
        place = -1 if position is None else int(position.item())
        if not -length <= place < length:
            raise UsageError(f"a sequence of {length} has no item {place}")
        return place % length

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dsequence, a list"""
        dy: Value = dys[0]
        place = self.place(len(inputs[0]), inputs[1] if len(inputs) > 1 else None)
        whole: Value = [*dy[:place], None, *dy[place:]]
        return (whole, None)[: len(inputs)]
