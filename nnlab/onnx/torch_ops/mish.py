"""Mish on torch."""

import torch

from nnlab.onnx.ops.mish import Mish
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.tails import with_tails


@TORCH_OPERATORS.register(Mish)
def mish(operator: Mish, x: torch.Tensor) -> torch.Tensor:
    """y = x t,  t = tanh(log(1 + exp x))"""
    return with_tails(torch.nn.functional.mish, x)
