"""Not on torch."""

import torch

from nnlab.onnx.ops.not_ import Not
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Not)
def not_(operator: Not, x: torch.Tensor) -> torch.Tensor:
    """y = not x"""
    return torch.logical_not(x)
