"""Swish on torch."""

import torch

from nnlab.onnx.ops.swish import Swish
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.tails import gated


@TORCH_OPERATORS.register(Swish)
def swish(operator: Swish, x: torch.Tensor) -> torch.Tensor:
    """y = x s,  s = 1 / (1 + exp(-alpha x))"""
    return gated(x, operator.alpha)
