"""Pow on torch."""

import torch

from nnlab.onnx.ops.pow import Pow
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Pow)
@numpy_for_odd_types
def pow_(operator: Pow, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a^b, of a's dtype"""
    return torch.pow(a, b).to(a.dtype)
