"""Exp on torch."""

import torch

from nnlab.onnx.ops.exp import Exp
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Exp)
def exp(operator: Exp, x: torch.Tensor) -> torch.Tensor:
    """y = exp x"""
    return torch.exp(x)
