"""ReduceSum on torch."""

import torch

from nnlab.onnx.ops.reduce_sum import ReduceSum
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced, total


@TORCH_OPERATORS.register(ReduceSum)
def reduce_sum(operator: ReduceSum, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = sum of x"""
    return reduced(operator, x, axes, lambda x, over: total(x, over))
