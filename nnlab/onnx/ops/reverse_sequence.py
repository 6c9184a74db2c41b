"""ReverseSequence."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Gradients, Operator, Values


@OPERATORS.register("ReverseSequence", since=(10, 28))
@dataclass(frozen=True, kw_only=True, eq=False)
class ReverseSequence(Operator):
    """Of each sample the first `sequence_lens[b]` steps in reverse order, the rest as they are.

    Gradient:  dx = dy, reversed in the same way
    """

    halves = "moved"

    batch_axis: int = 1
    time_axis: int = 0

    def forward(self, x: Array, sequence_lens: Array) -> Array:
        """y"""
        return self.reversed(x, sequence_lens)

    def places(self, steps: int, sequence_lens: Any) -> tuple[Array, Array]:
        """Sample and step of each entry of the result, (batch, time)."""
        lengths, time = np.asarray(sequence_lens.tolist())[:, None], np.arange(steps)
        return np.arange(len(lengths))[:, None], np.where(time < lengths, lengths - 1 - time, time)

    def reversed(self, x: Array, sequence_lens: Array) -> Array:
        """x, reversed."""
        axes = (self.batch_axis, self.time_axis)
        y = np.moveaxis(x, axes, (0, 1))[self.places(x.shape[self.time_axis], sequence_lens)]
        return np.moveaxis(y, (0, 1), axes)

    def backward(self, dys: Gradients, inputs: Values, outputs: Values) -> Gradients:
        """dx"""
        (dy,) = dys
        assert dy is not None
        return (self.reversed(dy, inputs[1]), None)
