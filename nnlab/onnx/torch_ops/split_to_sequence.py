"""SplitToSequence on torch."""

import torch

from nnlab.onnx.ops.split_to_sequence import SplitToSequence
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SplitToSequence)
def split_to_sequence(
    operator: SplitToSequence, x: torch.Tensor, split: torch.Tensor | None = None
) -> list[torch.Tensor]:
    """x cut along an axis."""
    pieces = torch.split(x, list(operator.sizes(tuple(x.shape), split)), dim=operator.axis)
    return [p if split is not None or operator.keepdims else p.squeeze(operator.axis) for p in pieces]
