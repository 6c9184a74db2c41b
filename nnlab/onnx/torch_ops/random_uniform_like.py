"""RandomUniformLike on torch."""

from typing import Any

from nnlab.onnx.ops.random_uniform_like import RandomUniformLike
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(RandomUniformLike)
def random_uniform_like(operator: RandomUniformLike, *inputs: Any) -> Any:
    """y = numbers between low and high in the shape of x"""
    return by_numpy(operator, *inputs)
