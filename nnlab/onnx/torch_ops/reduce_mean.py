"""ReduceMean on torch."""

import math

import torch

from nnlab.onnx.ops.reduce_mean import ReduceMean
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.reduction import reduced, total


@TORCH_OPERATORS.register(ReduceMean)
def reduce_mean(operator: ReduceMean, x: torch.Tensor, axes: torch.Tensor | None = None) -> torch.Tensor:
    """y = sum of x / n, of n values each"""
    return reduced(operator, x, axes, lambda x, over: total(x, over) / math.prod(x.shape[axis] for axis in over))
