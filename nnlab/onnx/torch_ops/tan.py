"""Tan on torch."""

import torch

from nnlab.onnx.ops.tan import Tan
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Tan)
def tan(operator: Tan, x: torch.Tensor) -> torch.Tensor:
    """y = tan x"""
    return torch.tan(x)
