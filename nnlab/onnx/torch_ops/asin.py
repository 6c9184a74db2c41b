"""Asin on torch."""

import torch

from nnlab.onnx.ops.asin import Asin
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Asin)
def asin(operator: Asin, x: torch.Tensor) -> torch.Tensor:
    """y = arcsin x"""
    return torch.asin(x)
