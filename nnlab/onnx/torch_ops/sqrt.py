"""Sqrt on torch."""

import torch

from nnlab.onnx.ops.sqrt import Sqrt
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Sqrt)
def sqrt(operator: Sqrt, x: torch.Tensor) -> torch.Tensor:
    """y = sqrt x"""
    return torch.sqrt(x)
