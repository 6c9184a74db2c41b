"""Elu on torch."""

import torch

from nnlab.onnx.ops.elu import Elu
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Elu)
def elu(operator: Elu, x: torch.Tensor) -> torch.Tensor:
    """y = x where x > 0, alpha (exp x - 1) otherwise"""
    return torch.nn.functional.elu(x, operator.alpha)
