"""Selu on torch."""

import torch

from nnlab.onnx.ops.selu import Selu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Selu)
def selu(operator: Selu, x: torch.Tensor) -> torch.Tensor:
    """y = gamma x where x > 0, gamma alpha (exp x - 1) otherwise"""
    return operator.gamma * torch.nn.functional.elu(x, operator.alpha)
