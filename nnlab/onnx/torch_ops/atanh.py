"""Atanh on torch."""

import torch

from nnlab.onnx.ops.atanh import Atanh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Atanh)
def atanh(operator: Atanh, x: torch.Tensor) -> torch.Tensor:
    """y = artanh x"""
    return torch.atanh(x)
