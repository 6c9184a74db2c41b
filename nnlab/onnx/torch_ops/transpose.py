"""Transpose on torch."""

import torch

from nnlab.onnx.ops.transpose import Transpose
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Transpose)
def transpose(operator: Transpose, x: torch.Tensor) -> torch.Tensor:
    """The axes in another order."""
    return x.permute(operator.order(x.ndim))
