"""SequenceLength on torch."""

from typing import Any

import torch

from nnlab.onnx.ops.sequence_length import SequenceLength
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SequenceLength)
def sequence_length(operator: SequenceLength, sequence: list[Any]) -> torch.Tensor:
    """How many items a sequence has."""
    return torch.tensor(len(sequence))
