"""LeakyRelu on torch."""

import torch

from nnlab.onnx.ops.leaky_relu import LeakyRelu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(LeakyRelu)
def leaky_relu(operator: LeakyRelu, x: torch.Tensor) -> torch.Tensor:
    """y = x where x >= 0, alpha x otherwise"""
    return torch.nn.functional.leaky_relu(x, operator.alpha)
