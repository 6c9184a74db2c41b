"""Abs on torch."""

import torch

from nnlab.onnx.ops.abs import Abs
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Abs)
@numpy_for_odd_types
def abs_(operator: Abs, x: torch.Tensor) -> torch.Tensor:
    """y = |x|"""
    return torch.abs(x)
