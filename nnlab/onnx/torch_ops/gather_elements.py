"""GatherElements on torch."""

import torch

from nnlab.onnx.ops.gather_elements import GatherElements
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(GatherElements)
def gather_elements(operator: GatherElements, x: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """For every index the entry of x at that place of one axis."""
    return torch.gather(x, operator.axis, from_zero(indices, x.shape[operator.axis]))


def from_zero(indices: torch.Tensor, size: int) -> torch.Tensor:
    """Indices that count from the end made to count from 0."""
    whole = indices.long()
    return torch.where(whole < 0, whole + size, whole)
