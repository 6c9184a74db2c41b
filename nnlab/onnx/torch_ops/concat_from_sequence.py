"""ConcatFromSequence on torch."""

import torch

from nnlab.onnx.ops.concat_from_sequence import ConcatFromSequence
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(ConcatFromSequence)
def concat_from_sequence(operator: ConcatFromSequence, sequence: list[torch.Tensor]) -> torch.Tensor:
    """The items of a sequence one after the other, or beside each other."""
    return torch.stack(sequence, operator.axis) if operator.new_axis else torch.cat(sequence, operator.axis)
