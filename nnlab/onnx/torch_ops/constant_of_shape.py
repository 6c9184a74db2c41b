"""ConstantOfShape on torch."""

from typing import Any

from nnlab.onnx.ops.constant_of_shape import ConstantOfShape
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(ConstantOfShape)
def constant_of_shape(operator: ConstantOfShape, *inputs: Any) -> Any:
    """y = one value everywhere"""
    return by_numpy(operator, *inputs)
