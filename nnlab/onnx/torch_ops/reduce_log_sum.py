"""ReduceLogSum on torch."""

import torch

from nnlab.onnx.ops.reduce_log_sum import ReduceLogSum
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced, total


@TORCH_OPERATORS.register(ReduceLogSum)
def reduce_log_sum(operator: ReduceLogSum, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = log(sum of x)"""
    return reduced(operator, x, axes, lambda x, over: torch.log(total(x, over)))
