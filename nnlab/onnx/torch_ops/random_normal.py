"""RandomNormal on torch."""

from typing import Any

from nnlab.onnx.ops.random_normal import RandomNormal
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(RandomNormal)
def random_normal(operator: RandomNormal, *inputs: Any) -> Any:
    """y = normally distributed numbers, around mean, of standard deviation scale"""
    return by_numpy(operator, *inputs)
