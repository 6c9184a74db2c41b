"""Bit by bit: BitwiseAnd, BitwiseOr, BitwiseXor; BitwiseNot has a file of its own on torch."""

import torch

from nnlab.onnx.ops.bitwise import BitwiseAnd, BitwiseOr, BitwiseXor
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import numpy_for_odd_types


@TORCH_OPERATORS.register(BitwiseAnd)
@numpy_for_odd_types
def bitwise_and(operator: BitwiseAnd, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a & b"""
    return torch.bitwise_and(a, b)


@TORCH_OPERATORS.register(BitwiseOr)
@numpy_for_odd_types
def bitwise_or(operator: BitwiseOr, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a | b"""
    return torch.bitwise_or(a, b)


@TORCH_OPERATORS.register(BitwiseXor)
@numpy_for_odd_types
def bitwise_xor(operator: BitwiseXor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """y = a ^ b"""
    return torch.bitwise_xor(a, b)
