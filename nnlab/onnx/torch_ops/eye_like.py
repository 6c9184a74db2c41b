"""EyeLike on torch."""

from typing import Any

from nnlab.onnx.ops.eye_like import EyeLike
from nnlab.onnx.torch_ops.base import TORCH_OPERATORS
from nnlab.onnx.torch_ops.by_numpy import by_numpy


@TORCH_OPERATORS.register(EyeLike)
def eye_like(operator: EyeLike, *inputs: Any) -> Any:
    """y = 1 on a diagonal, 0 elsewhere"""
    return by_numpy(operator, *inputs)
