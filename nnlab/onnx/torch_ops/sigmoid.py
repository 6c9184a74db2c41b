"""Sigmoid on torch."""

import torch

from nnlab.onnx.ops.sigmoid import Sigmoid
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Sigmoid)
def sigmoid(operator: Sigmoid, x: torch.Tensor) -> torch.Tensor:
    """y = 1 / (1 + exp(-x))"""
    return torch.sigmoid(x)
