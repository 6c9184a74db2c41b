"""Neg on torch."""

import torch

from nnlab.onnx.ops.neg import Neg
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Neg)
@numpy_for_odd_types
def neg(operator: Neg, x: torch.Tensor) -> torch.Tensor:
    """y = -x"""
    return torch.neg(x)
