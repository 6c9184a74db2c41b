"""SequenceInsert."""

from dataclasses import dataclass
from typing import Any

from nnlab.core.errors import UsageError
from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values


@OPERATORS.register("SequenceInsert", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceInsert(Operator):
    """A sequence with one more item, in front of the one that is at `position` (at the end, where none is given).

    Gradient:  dsequence = dy without that item; dtensor = that item
    """

    def forward(self, sequence: list[Value], tensor: Value, position: Array | None = None) -> Value:
        """y, a list"""
        place = self.place(len(sequence), position)
        return [*sequence[:place], tensor, *sequence[place:]]

    def place(self, length: int, position: Any) -> int:
        """Where the item goes, counted from 0. Raises UsageError: beyond the ends."""
        place = length if position is None else int(position.item())
        if not -length <= place <= length:
            raise UsageError(f"a sequence of {length} has no place {place}")
        return place + length if place < 0 else place

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dsequence, dtensor"""
        dy: Value = dys[0]
        place = self.place(len(dy) - 1, inputs[2] if len(inputs) > 2 else None)
        rest: Value = [*dy[:place], *dy[place + 1 :]]
        return (rest, dy[place], None)[: len(inputs)]
