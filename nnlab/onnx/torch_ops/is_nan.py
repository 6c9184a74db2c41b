"""IsNaN on torch."""

import torch

from nnlab.onnx.ops.is_nan import IsNaN
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(IsNaN)
@numpy_for_odd_types
def is_nan(operator: IsNaN, x: torch.Tensor) -> torch.Tensor:
    """y = whether x is not a number"""
    return torch.isnan(x)
