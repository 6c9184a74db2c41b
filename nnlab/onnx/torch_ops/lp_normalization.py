"""LpNormalization on torch."""

import torch

from nnlab.onnx.ops.lp_normalization import LpNormalization
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(LpNormalization)
def lp_normalization(operator: LpNormalization, x: torch.Tensor) -> torch.Tensor:
    """x / norm; 0 where the norm is 0, and so is the gradient there."""
    norm = torch.linalg.vector_norm(x, ord=operator.p, dim=operator.axis, keepdim=True)
    return torch.where(norm > 0, x / torch.where(norm > 0, norm, 1), 0)
