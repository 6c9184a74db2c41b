"""Mean on torch."""

import functools

import torch

from nnlab.onnx.ops.mean import Mean
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Mean)
def mean(operator: Mean, *xs: torch.Tensor) -> torch.Tensor:
    """y = (x1 + ... + xn) / n"""
    return functools.reduce(torch.add, xs) / len(xs)
