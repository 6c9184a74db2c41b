"""Mul on torch."""

import torch

from nnlab.onnx.ops.mul import Mul
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Mul)
@numpy_for_odd_types
def mul(operator: Mul, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a b"""
    return a * b
