"""SequenceInsert on torch."""

from typing import Any

import torch

from nnlab.onnx.ops.sequence_insert import SequenceInsert
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceInsert)
def sequence_insert(
    operator: SequenceInsert, sequence: list[Any], tensor: Any, position: torch.Tensor | None = None
) -> list[Any]:
    """A sequence with one more item."""
    place = operator.place(len(sequence), position)
    return [*sequence[:place], tensor, *sequence[place:]]
