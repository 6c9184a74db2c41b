"""Shrink on torch."""

import torch

from nnlab.onnx.ops.shrink import Shrink
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Shrink)
@numpy_for_odd_types
def shrink(operator: Shrink, x: torch.Tensor) -> torch.Tensor:
    """y = x + bias where x < -lambd, x - bias where x > lambd, 0 between"""
    inside = torch.where(x > operator.lambd, x - operator.bias, 0)
    return torch.where(x < -operator.lambd, x + operator.bias, inside).to(x.dtype)
