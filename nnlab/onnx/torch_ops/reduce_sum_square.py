"""ReduceSumSquare on torch."""

import torch

from nnlab.onnx.ops.reduce_sum_square import ReduceSumSquare
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced, total


@TORCH_OPERATORS.register(ReduceSumSquare)
def reduce_sum_square(operator: ReduceSumSquare, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = sum of x^2"""
    return reduced(operator, x, axes, lambda x, over: total(x.square(), over))
