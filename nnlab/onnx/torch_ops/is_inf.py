"""IsInf on torch."""

import torch

from nnlab.onnx.ops.is_inf import IsInf
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(IsInf)
@numpy_for_odd_types
def is_inf(operator: IsInf, x: torch.Tensor) -> torch.Tensor:
    """y = whether x is infinite, of a sign that is asked for"""
    return (x == torch.inf) & bool(operator.detect_positive) | (x == -torch.inf) & bool(operator.detect_negative)
