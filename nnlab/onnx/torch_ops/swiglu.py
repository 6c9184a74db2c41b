"""SwiGLU on torch."""

import torch

from nnlab.onnx.ops.swiglu import SwiGLU
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(SwiGLU)
def swiglu(operator: SwiGLU, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a s b,  s = 1 / (1 + exp(-alpha a))"""
    return a * torch.sigmoid(operator.alpha * a) * b
