"""Det on torch."""

import torch

from nnlab.onnx.ops.det import Det
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Det)
def det(operator: Det, x: torch.Tensor) -> torch.Tensor:
    """y = the determinant of each matrix"""
    return torch.linalg.det(x)
