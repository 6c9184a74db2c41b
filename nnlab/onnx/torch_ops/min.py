"""Min on torch."""

import torch

from nnlab.onnx.ops.min import Min
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Min)
@numpy_for_odd_types
def min_(operator: Min, *xs: torch.Tensor) -> torch.Tensor:
    """y = the smallest of x1, x2, ..."""
    return torch.stack(torch.broadcast_tensors(*xs)).amin(dim=0)
