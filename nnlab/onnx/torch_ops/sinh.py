"""Sinh on torch."""

import torch

from nnlab.onnx.ops.sinh import Sinh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Sinh)
def sinh(operator: Sinh, x: torch.Tensor) -> torch.Tensor:
    """y = sinh x"""
    return torch.sinh(x.double()).to(x.dtype)  # of float32, torch's own overflows before sinh does
