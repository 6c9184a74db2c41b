"""BitShift on torch."""

import torch

from nnlab.onnx.ops.bit_shift import BitShift
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(BitShift)
def bit_shift(operator: BitShift, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a moved by b bits; by hand, as most types with bits to shift are none that torch shifts"""
    shifted: torch.Tensor = by_numpy(operator, a, b)
    return shifted
