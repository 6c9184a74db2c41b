"""Div on torch."""

import torch

from nnlab.onnx.ops.div import Div
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Div)
@numpy_for_odd_types
def div(operator: Div, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a / b"""
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode="trunc")
