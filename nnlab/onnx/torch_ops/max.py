"""Max on torch."""

import torch

from nnlab.onnx.ops.max import Max
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Max)
@numpy_for_odd_types
def max_(operator: Max, *xs: torch.Tensor) -> torch.Tensor:
    """y = the largest of x1, x2, ..."""
    return torch.stack(torch.broadcast_tensors(*xs)).amax(dim=0)
