"""Celu on torch."""

import torch

from nnlab.onnx.ops.celu import Celu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Celu)
def celu(operator: Celu, x: torch.Tensor) -> torch.Tensor:
    """y = x where x > 0, alpha (exp(x / alpha) - 1) otherwise"""
    negative = torch.where(x > 0, 0, x)  # torch's own celu has the gradient of float64 in 8 digits only
    return torch.where(x > 0, x, operator.alpha * torch.expm1(negative / operator.alpha))
