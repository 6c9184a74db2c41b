"""Cos on torch."""

import torch

from nnlab.onnx.ops.cos import Cos
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Cos)
def cos(operator: Cos, x: torch.Tensor) -> torch.Tensor:
    """y = cos x"""
    return torch.cos(x)
