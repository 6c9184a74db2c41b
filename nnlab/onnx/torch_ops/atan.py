"""Atan on torch."""

import torch

from nnlab.onnx.ops.atan import Atan
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Atan)
def atan(operator: Atan, x: torch.Tensor) -> torch.Tensor:
    """y = arctan x"""
    return torch.atan(x)
