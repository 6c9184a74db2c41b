"""BitwiseNot on torch."""

import torch

from nnlab.onnx.ops.bitwise_not import BitwiseNot
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(BitwiseNot)
@numpy_for_odd_types
def bitwise_not(operator: BitwiseNot, x: torch.Tensor) -> torch.Tensor:
    """y = ~x, every bit turned over"""
    return torch.bitwise_not(x)
