"""Softplus on torch."""

import torch

from nnlab.onnx.ops.softplus import Softplus
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Softplus)
def softplus(operator: Softplus, x: torch.Tensor) -> torch.Tensor:
    """y = log(1 + exp x)"""
    return torch.logaddexp(x, torch.zeros_like(x))
