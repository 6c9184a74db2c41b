"""Softsign on torch."""

import torch

from nnlab.onnx.ops.softsign import Softsign
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Softsign)
def softsign(operator: Softsign, x: torch.Tensor) -> torch.Tensor:
    """y = x / (1 + |x|)"""
    most = torch.finfo(x.dtype).max
    return torch.nn.functional.softsign(x.clamp(-most, most))
