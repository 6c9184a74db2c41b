"""Cosh on torch."""

import torch

from nnlab.onnx.ops.cosh import Cosh
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Cosh)
def cosh(operator: Cosh, x: torch.Tensor) -> torch.Tensor:
    """y = cosh x"""
    return torch.cosh(x.double()).to(x.dtype)  # of float32, torch's own overflows before cosh does
