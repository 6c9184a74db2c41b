"""SwiGLU on torch."""

import torch

from nnlab.onnx.ops.swiglu import SwiGLU
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.tails import gated


@TORCH_OPERATORS.register(SwiGLU)
def swiglu(operator: SwiGLU, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a s b,  s = 1 / (1 + exp(-alpha a))"""
    return gated(a, operator.alpha) * b
