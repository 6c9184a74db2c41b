"""Acosh on torch."""

import torch

from nnlab.onnx.ops.acosh import Acosh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Acosh)
def acosh(operator: Acosh, x: torch.Tensor) -> torch.Tensor:
    """y = arcosh x"""
    return torch.acosh(x)
