"""Ceil on torch."""

import torch

from nnlab.onnx.ops.ceil import Ceil
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Ceil)
def ceil(operator: Ceil, x: torch.Tensor) -> torch.Tensor:
    """y = the next whole number from x up"""
    return torch.ceil(x)
