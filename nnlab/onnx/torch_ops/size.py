"""Size on torch."""

import math

import torch

from nnlab.onnx.ops.size import Size
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Size)
def size(operator: Size, x: torch.Tensor) -> torch.Tensor:
    """y = how many elements x has"""
    return torch.tensor(math.prod(x.shape), dtype=torch.int64)
