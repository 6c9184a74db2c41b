"""Constant on torch."""

from typing import Any

from nnlab.onnx.ops.constant import Constant
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(Constant)
def constant(operator: Constant, *inputs: Any) -> Any:
    """y = the one attribute that is given"""
    return by_numpy(operator, *inputs)
