"""Floor on torch."""

import torch

from nnlab.onnx.ops.floor import Floor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Floor)
def floor(operator: Floor, x: torch.Tensor) -> torch.Tensor:
    """y = the next whole number from x down"""
    return torch.floor(x)
