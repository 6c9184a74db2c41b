"""Add on torch."""

import torch

from nnlab.onnx.ops.add import Add
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Add)
@numpy_for_odd_types
def add(operator: Add, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a + b"""
    return a + b
