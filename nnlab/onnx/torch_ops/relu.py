"""Relu on torch."""

import torch

from nnlab.onnx.ops.relu import Relu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Relu)
def relu(operator: Relu, x: torch.Tensor) -> torch.Tensor:
    """y = max(x, 0)"""
    return torch.relu(x) if x.is_floating_point() else x.clamp(min=0)
