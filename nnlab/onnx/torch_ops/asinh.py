"""Asinh on torch."""

import torch

from nnlab.onnx.ops.asinh import Asinh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Asinh)
def asinh(operator: Asinh, x: torch.Tensor) -> torch.Tensor:
    """y = arsinh x"""
    return torch.asinh(x)
