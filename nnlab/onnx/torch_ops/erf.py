"""Erf on torch."""

import torch

from nnlab.onnx.ops.erf import Erf
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS


@TORCH_OPERATORS.register(Erf)
def erf(operator: Erf, x: torch.Tensor) -> torch.Tensor:
    """y = erf x, the error function"""
    return torch.erf(x)
