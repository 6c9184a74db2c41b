"""PRelu on torch."""

import torch

from nnlab.onnx.ops.prelu import PRelu, slope_shape
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(PRelu)
def prelu(operator: PRelu, x: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """y = x where x > 0, slope x otherwise"""
    return torch.where(x > 0, x, slope.reshape(slope_shape(tuple(x.shape), tuple(slope.shape))) * x)
