"""SequenceEmpty on torch."""

from typing import Any

from nnlab.onnx.ops.sequence_empty import SequenceEmpty
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceEmpty)
def sequence_empty(operator: SequenceEmpty) -> list[Any]:
    """A sequence without items."""
    return []
