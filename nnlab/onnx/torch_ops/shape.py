"""Shape on torch."""

import torch

from nnlab.onnx.ops.shape import Shape
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Shape)
def shape(operator: Shape, x: torch.Tensor) -> torch.Tensor:
    """y = the sizes of x's axes"""
    return torch.tensor(tuple(x.shape)[operator.start : operator.end], dtype=torch.int64)
