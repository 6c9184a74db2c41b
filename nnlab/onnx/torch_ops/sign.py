"""Sign on torch."""

import torch

from nnlab.onnx.ops.sign import Sign
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Sign)
@numpy_for_odd_types
def sign(operator: Sign, x: torch.Tensor) -> torch.Tensor:
    """y = -1, 0 or 1, as x is negative, zero or positive"""
    return torch.sign(x)
