"""Where on torch."""

import torch

from nnlab.onnx.ops.where import Where
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Where)
@numpy_for_odd_types
def where(operator: Where, condition: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a where the condition holds, b elsewhere"""
    return torch.where(condition, a, b)
