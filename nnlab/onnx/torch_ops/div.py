"""Div on torch."""

import torch

from nnlab.onnx.ops.binary import whole_divisor
from nnlab.onnx.ops.div import Div
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Div)
@numpy_for_odd_types
def div(operator: Div, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a / b

    Of whole numbers, by -1: -a, which wraps around; torch's own division of the least number by -1 ends the process.
    """
    if a.is_floating_point():
        return a / b
    whole_divisor(b)
    turned = b == -1
    y = torch.div(a, torch.where(turned, torch.ones_like(b), b), rounding_mode="trunc")
    return torch.where(turned, -y, y)
