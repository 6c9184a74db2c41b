"""Sum on torch."""

import functools

import torch

from nnlab.onnx.ops.sum import Sum
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Sum)
def sum_(operator: Sum, *xs: torch.Tensor) -> torch.Tensor:
    """y = x1 + x2 + ..."""
    return functools.reduce(torch.add, xs)
