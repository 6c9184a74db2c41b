"""SequenceLength."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.types import Array
from nnlab.onnx.ops.base import OPERATORS, Operator, Value


@OPERATORS.register("SequenceLength", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceLength(Operator):
    """How many items a sequence has, int64."""

    def forward(self, sequence: list[Value]) -> Array:
        """y"""
        return np.asarray(len(sequence), np.int64)
