"""ReduceL1 on torch."""

import torch

from nnlab.onnx.ops.reduce_l1 import ReduceL1
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced, total


@TORCH_OPERATORS.register(ReduceL1)
def reduce_l1(operator: ReduceL1, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = sum of |x|"""
    return reduced(operator, x, axes, lambda x, over: total(x.abs(), over))
