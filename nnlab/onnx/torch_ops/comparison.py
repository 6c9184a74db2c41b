"""The comparisons: Equal (of texts as well), Greater, GreaterOrEqual, Less, LessOrEqual on torch."""

import torch

from nnlab.onnx.ops.comparison import Equal, Greater, GreaterOrEqual, Less, LessOrEqual
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(Equal)
@numpy_for_odd_types
def equal(operator: Equal, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a == b"""
    return torch.eq(a, b)


@TORCH_OPERATORS.register(Greater)
@numpy_for_odd_types
def greater(operator: Greater, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a > b"""
    return torch.gt(a, b)


@TORCH_OPERATORS.register(GreaterOrEqual)
@numpy_for_odd_types
def greater_or_equal(operator: GreaterOrEqual, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a >= b"""
    return torch.ge(a, b)


@TORCH_OPERATORS.register(Less)
@numpy_for_odd_types
def less(operator: Less, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a < b"""
    return torch.lt(a, b)


@TORCH_OPERATORS.register(LessOrEqual)
@numpy_for_odd_types
def less_or_equal(operator: LessOrEqual, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a <= b"""
    return torch.le(a, b)
