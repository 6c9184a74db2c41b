"""ReverseSequence on torch."""

import torch

from nnlab.onnx.ops.reverse_sequence import ReverseSequence
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(ReverseSequence)
def reverse_sequence(operator: ReverseSequence, x: torch.Tensor, sequence_lens: torch.Tensor) -> torch.Tensor:
    """Of each sample the first steps in reverse order."""
    axes = (operator.batch_axis, operator.time_axis)
    samples, steps = map(torch.from_numpy, operator.places(x.shape[operator.time_axis], sequence_lens))
    return x.movedim(axes, (0, 1))[samples, steps].movedim((0, 1), axes)
