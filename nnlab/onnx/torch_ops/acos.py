"""Acos on torch."""

import torch

from nnlab.onnx.ops.acos import Acos
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Acos)
def acos(operator: Acos, x: torch.Tensor) -> torch.Tensor:
    """y = arccos x"""
    return torch.acos(x)
