"""Mod on torch."""

import torch

from nnlab.onnx.ops.binary import whole_divisor
from nnlab.onnx.ops.mod import Mod
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Mod)
@numpy_for_odd_types
def mod(operator: Mod, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a - q b,  q = a / b rounded down (fmod: towards zero)"""
    if not a.is_floating_point():
        whole_divisor(b)
    return torch.fmod(a, b) if operator.fmod else torch.remainder(a, b)
