"""SequenceAt on torch."""

from typing import Any

import torch

from nnlab.onnx.ops.sequence_at import SequenceAt
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceAt)
def sequence_at(operator: SequenceAt, sequence: list[Any], position: torch.Tensor) -> Any:
    """The item at a place of a sequence."""
    return sequence[int(position.item())]
