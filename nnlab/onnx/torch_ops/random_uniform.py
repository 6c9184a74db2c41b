"""RandomUniform on torch."""

from typing import Any

from nnlab.onnx.ops.random_uniform import RandomUniform
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(RandomUniform)
def random_uniform(operator: RandomUniform, *inputs: Any) -> Any:
    """y = numbers between low and high, all equally likely"""
    return by_numpy(operator, *inputs)
