"""Round on torch."""

import torch

from nnlab.onnx.ops.round import Round
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Round)
def round_(operator: Round, x: torch.Tensor) -> torch.Tensor:
    """y = the nearest whole number, of two equally near ones the even"""
    return torch.round(x)
