"""The connectives of true and false: And, Or, Xor; Not has a file of its own on torch."""

import torch

from nnlab.onnx.ops.logic import And, Or, Xor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(And)
@numpy_for_odd_types
def and_(operator: And, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a and b"""
    return torch.logical_and(a, b)


@TORCH_OPERATORS.register(Or)
@numpy_for_odd_types
def or_(operator: Or, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a or b"""
    return torch.logical_or(a, b)


@TORCH_OPERATORS.register(Xor)
@numpy_for_odd_types
def xor(operator: Xor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = one of a and b, and not both"""
    return torch.logical_xor(a, b)
