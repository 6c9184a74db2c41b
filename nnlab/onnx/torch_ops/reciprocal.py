"""Reciprocal on torch."""

import torch

from nnlab.onnx.ops.reciprocal import Reciprocal
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Reciprocal)
def reciprocal(operator: Reciprocal, x: torch.Tensor) -> torch.Tensor:
    """y = 1 / x"""
    return torch.reciprocal(x)
