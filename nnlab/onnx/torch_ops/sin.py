"""Sin on torch."""

import torch

from nnlab.onnx.ops.sin import Sin
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Sin)
def sin(operator: Sin, x: torch.Tensor) -> torch.Tensor:
    """y = sin x"""
    return torch.sin(x)
