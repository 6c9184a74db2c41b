"""RandomNormalLike on torch."""

from typing import Any

from nnlab.onnx.ops.random_normal_like import RandomNormalLike
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(RandomNormalLike)
def random_normal_like(operator: RandomNormalLike, *inputs: Any) -> Any:
    """y = normally distributed numbers in the shape of x"""
    return by_numpy(operator, *inputs)
