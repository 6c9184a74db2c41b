"""Gelu on torch."""

import torch

from nnlab.onnx.ops.gelu import Gelu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Gelu)
def gelu(operator: Gelu, x: torch.Tensor) -> torch.Tensor:
    """y = x p, p the share of the normal distribution that lies below x"""
    return torch.nn.functional.gelu(x, approximate=operator.approximate)
