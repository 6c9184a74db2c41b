"""Tanh on torch."""

import torch

from nnlab.onnx.ops.tanh import Tanh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Tanh)
def tanh(operator: Tanh, x: torch.Tensor) -> torch.Tensor:
    """y = tanh x"""
    return torch.tanh(x)
