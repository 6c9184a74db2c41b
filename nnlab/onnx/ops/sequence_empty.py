"""SequenceEmpty."""

from dataclasses import dataclass

from nnlab.onnx.ops.base import OPERATORS, Operator, Value


@OPERATORS.register("SequenceEmpty", since=11)
@dataclass(frozen=True, kw_only=True, eq=False)
class SequenceEmpty(Operator):
    """A sequence without items."""

    dtype: int = 1

    def forward(self) -> Value:
        """y, a list"""
        return []
