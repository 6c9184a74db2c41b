"""ConcatFromSequence."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Value, Values
from nnlab.onnx.ops.sizes import joined


@OPERATORS.register("ConcatFromSequence", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class ConcatFromSequence(Operator):
    """The items of a sequence one after the other along an axis, or beside each other along a new one.

    Gradient:  each item's is its part of dy
    """

    most_elements = joined

    axis: int
    new_axis: int = 0

    def forward(self, sequence: list[Array]) -> Array:
        """y"""
        return np.stack(sequence, self.axis) if self.new_axis else np.concatenate(sequence, self.axis)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dsequence, a list"""
        (dy,), (sequence,) = dys, inputs
        assert dy is not None
        parts: Value
        if self.new_axis:
            parts = list(np.moveaxis(dy, self.axis, 0))
        else:
            parts = np.split(dy, np.cumsum([x.shape[self.axis] for x in sequence])[:-1], self.axis)
        return (parts,)
