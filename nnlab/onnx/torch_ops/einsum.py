"""Einsum on torch."""

import torch

from nnlab.onnx.ops.einsum import Einsum
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Einsum)
def einsum(operator: Einsum, *xs: torch.Tensor) -> torch.Tensor:
    """torch's own."""
    return torch.einsum(operator.equation, *xs)
